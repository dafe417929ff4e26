# Podbrief: what a developer does. `make help` lists it.
GO        ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI    = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
export CGO_ENABLED ?= 0

.PHONY: help build test lint fmt run race bench kill quality check

help: ## list what make can do
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the bot into ./podbrief
	$(GO) build -trimpath -o podbrief ./cmd/bot

run: ## print a brief of the sample shows and take commands
	$(GO) run ./cmd/bot try

test: ## run all tests
	$(GO) test ./...

race: ## run all tests under the race detector
	CGO_ENABLED=1 $(GO) test -race ./...

fmt: ## format the code
	gofmt -w .

lint: ## vet, gofmt and staticcheck
	$(GO) vet ./...
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run make fmt"; exit 1; }
	$(GO) run $(STATICCHECK) ./...

lint-all: ## the longer list of .golangci.yml
	$(GO) run $(GOLANGCI) run ./...

bench: ## measure the figures of BENCHMARKS.md
	$(GO) test -run '^$$' -bench . -benchmem ./...

kill: ## end the bot a thousand times at random moments: nothing lost, nothing doubled
	KILLS=1000 $(GO) test -count=1 -timeout 60m -run Kill ./bot/...

quality: ## print the quality of insights, ranking and related insights on the corpus
	$(GO) run ./digest/insight/eval -what all
	$(GO) run ./digest/rank/eval -what all
