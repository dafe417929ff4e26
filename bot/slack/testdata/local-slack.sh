#!/bin/sh
# Plays a scenario on local-slack, a Slack for one machine whose page shows what people see, and takes a picture of the
# brief. It is run by hand, as root, on Linux, at the root of the repository: bot/slack/testdata/local-slack.sh [PICTURE]
# It needs go, npm, curl, jq, ip, and chromium for the picture. local-slack listens on all interfaces, so it runs in a
# network namespace that has a loopback interface and no other.
set -eu

picture=${1:-brief.png}
dir=$(mktemp -d)
net=podbrief-slack
ids=
finish() {
	for id in $ids; do kill "$id" 2>/dev/null || true; done
	wait
	ip netns del $net
	rm -rf "$dir"
}

npm install --silent --no-audit --no-fund --prefix "$dir" local-slack-linux-x64@0.1.8
go test -c -o "$dir/bot" ./bot/slack
ip netns add $net
trap finish EXIT
inside="ip netns exec $net"
$inside ip link set lo up

cat >"$dir/workspace.json" <<EOF
{"workspace": {"name": "Test", "domain": "test", "teamId": "T0001"},
 "apps": [{"appId": "A0001", "botUserId": "U0BOT", "botName": "podbrief", "botToken": "xoxb-test-bot", "appToken": "xapp-test-app", "mode": "socket"}],
 "users": [{"id": "U1MEMBER", "name": "ada", "real_name": "Ada", "tz": "Europe/Berlin"}],
 "channels": [{"id": "C1GENERAL", "name": "general", "members": ["U1MEMBER", "U0BOT"]}]}
EOF
$inside "$dir/node_modules/local-slack-linux-x64/bin/local-slack" --config "$dir/workspace.json" --port 3000 --base-host 127.0.0.1 --files-dir "$dir/files" >"$dir/slack.log" 2>&1 &
ids=$!
slack=http://127.0.0.1:3000
control() { $inside curl -sS --max-time 10 -H 'Content-Type: application/json' "$slack/_control/$1" ${2:+-d "$2"}; }
# await WHAT FILTER: waits until the messages of the channel make the filter true.
await() {
	for _ in $(seq 60); do
		if control messages/C1GENERAL 2>/dev/null | jq -e "$2" >/dev/null 2>&1; then
			echo "ok: $1"
			return
		fi
		sleep 0.5
	done
	echo "not seen: $1"
	control messages/C1GENERAL | jq -c .
	tail -20 "$dir/bot.log"
	exit 1
}
for _ in $(seq 60); do control state >/dev/null 2>&1 && break || sleep 0.5; done

$inside env PODBRIEF_TEST_SERVE="$slack/api/ $dir/podbrief.db" "$dir/bot" 2>"$dir/bot.log" &
ids="$ids $!"
for _ in $(seq 60); do grep -q . "$dir/bot.log" && break || sleep 0.1; done
sleep 2

all='[.. | objects | select(has("ts"))]'
control command '{"channel": "C1GENERAL", "user": "U1MEMBER", "command": "/brief", "text": "topic ai"}' >/dev/null
await "the command is answered" "$all | any(.text | test(\"Following: ai\"))"
await "the brief is posted" "$all | any(.text | test(\"Your first brief\"))"
brief=$(control messages/C1GENERAL | jq -r "$all | map(select(.text | test(\"Your first brief\"))) | .[0].ts")

if command -v chromium >/dev/null; then
	$inside chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$dir/chromium" --virtual-time-budget=5000 --window-size=1200,1900 \
		--screenshot="$picture" "$slack/" >"$dir/chromium.log" 2>&1 && echo "picture: $picture"
fi

press() { # press LABEL: presses a button of the brief
	action=$(control messages/C1GENERAL | jq -c "[.. | objects | select(.type? == \"button\" and .text.text? == \"$1\")] | .[0] | {type, action_id, block_id: \"b\", value}")
	control interact "{\"channel\": \"C1GENERAL\", \"messageTs\": \"$brief\", \"user\": \"U1MEMBER\", \"action\": $action}" >/dev/null
}
press More
await "More is answered in the thread" "$all | any(.thread_ts == \"$brief\" and (.text | test(\"What was said\")))"
control message '{"channel": "C1GENERAL", "user": "U1MEMBER", "text": "<@U0BOT> what did they say about prices?"}' >/dev/null
await "a mention is answered in its thread" "$all | map(select(.thread_ts != null and .thread_ts != \"$brief\" and .user == \"U0BOT\")) | length > 0"
press Ask
sleep 1
control log | grep -q 'views.open' && echo "ok: Ask opens a form" || echo "Ask opens no form"
control open-home '{"user": "U1MEMBER"}' >/dev/null
sleep 1
control log | grep -q 'views.publish' && echo "ok: the home is shown" || echo "the home is not shown"
n=$(control messages/C1GENERAL | jq "$all | map(select(.text | test(\"Your first brief\"))) | length")
echo "briefs posted: $n"
grep -E "level=(WARN|ERROR)" "$dir/bot.log" || echo "no warnings of the bot"
