#!/bin/sh
# Plays a scenario on discord-digital-twin, a Discord for one machine that others wrote, with the bot as an operator runs it.
# It is run by hand, as root, on Linux, at the root of the repository: bot/discord/testdata/discord-twin.sh
# It needs go, node 20, npm and ip. The twin listens on all interfaces, so all of it runs in a network namespace that has a
# loopback interface and no other. What is not seen is said, and the script ends with 1.
set -eu

dir=$(mktemp -d)
net=podbrief-discord
bot=
finish() {
	[ -z "$bot" ] || kill "$bot" 2>/dev/null || true
	wait
	ip netns del $net
	rm -rf "$dir"
}

# This version of the twin does not run with the version of spiceflow that it names.
echo '{"private": true, "dependencies": {"discord-digital-twin": "0.1.1"}, "overrides": {"spiceflow": "1.19.0"}}' >"$dir/package.json"
npm install --silent --no-audit --no-fund --prefix "$dir"
go build -o "$dir/bot" ./cmd/bot
cp bot/discord/testdata/discord-twin.mjs "$dir/"
ip netns add $net
trap finish EXIT
ip netns exec $net ip link set lo up
ip netns exec $net node "$dir/discord-twin.mjs" "$dir" digest/sample/shows
