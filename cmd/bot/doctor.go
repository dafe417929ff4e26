package main

import (
	"context"
	"errors"
	"fmt"
)

// doctorCmd is `bot doctor`.
type doctorCmd struct {
	LLM     doctorLLMCmd     `cmd:"" name:"llm" help:"Try each duty of the language models once, and say what the service can do."`
	Slack   doctorSlackCmd   `cmd:"" help:"Try Slack's tokens, and say which scope, event or setting is missing."`
	Discord doctorDiscordCmd `cmd:"" help:"Try Discord's token, and say which intent or permission is missing."`
}

// doctorLLMCmd is `bot doctor llm`.
type doctorLLMCmd struct{}

// Run tries the service and prints what it can do.
func (doctorLLMCmd) Run(ctx context.Context, a *app, address storeAddress) (err error) {
	db, err := openStore(string(address))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := a.newService(ctx, db)
	if err != nil {
		return err
	}
	if s == nil {
		return usagef("no model is configured; name one with OPENAI_MODEL, and its service with OPENAI_BASE_URL")
	}
	failed := 0
	for _, f := range s.Probe(ctx) {
		if !f.OK {
			failed++
		}
		if _, err := fmt.Fprintf(a.stdout, "%-10s  %-6s  %s\n", f.Duty, okOrFailed(f.OK), f.Says); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of the 4 duties failed", failed)
	}
	return nil
}

func okOrFailed(ok bool) string {
	if ok {
		return "ok"
	}
	return "failed"
}
