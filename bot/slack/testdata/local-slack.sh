#!/bin/sh
# Plays a scenario on local-slack, a Slack for one machine whose page shows what people see, over Socket Mode and then over
# signed requests, and takes a picture of the brief in each. It is run by hand, as root, on Linux, at the root of the
# repository: bot/slack/testdata/local-slack.sh [DIRECTORY OF PICTURES]
# It needs go, npm, curl, jq, ip, and chromium for the pictures. local-slack listens on all interfaces, so it runs in a
# network namespace that has a loopback interface and no other.
set -eu

pictures=${1:-.}
dir=$(mktemp -d)
net=podbrief-slack
inside="ip netns exec $net"
slack=http://127.0.0.1:3000
member=U1MEMBER
all='[.. | objects | select(has("ts"))]'
ids=
end() {
	for id in $ids; do kill "$id" 2>/dev/null || true; done
	wait
	ids=
}
trap 'end; ip netns del $net 2>/dev/null; rm -rf "$dir"' EXIT

npm install --silent --no-audit --no-fund --prefix "$dir" local-slack-linux-x64@0.1.8
go test -c -o "$dir/bot" ./bot/slack
ip netns add $net
$inside ip link set lo up

control() { $inside curl -sS --max-time 10 -H 'Content-Type: application/json' "$slack/_control/$1" ${2:+-d "$2"}; }

# await WHAT FILTER [CHANNEL]: waits until the messages of a channel make the filter true.
await() {
	for _ in $(seq 60); do
		if control "messages/${3:-C1GENERAL}" 2>/dev/null | jq -e "$2" >/dev/null 2>&1; then
			echo "ok: $1"
			return
		fi
		sleep 0.5
	done
	echo "not seen: $1"
	control "messages/${3:-C1GENERAL}" | jq -c .
	fail
}

# logged WHAT PATTERN [TIMES]: waits until the log of what went to and fro shows something so often.
logged() {
	for _ in $(seq 40); do
		if [ "$(control log | jq -c '.log[]' | grep -c "$2")" -ge "${3:-1}" ]; then
			echo "ok: $1"
			return
		fi
		sleep 0.5
	done
	echo "not seen: $1"
	control log | jq -c '.log[]' | tail -5
	fail
}

fail() {
	tail -20 "$dir/bot.log"
	exit 1
}

slash() { control command "{\"channel\": \"C1GENERAL\", \"user\": \"$member\", \"command\": \"/brief\", \"text\": \"$1\"}" >/dev/null; }
say() { control message "{\"channel\": \"$1\", \"user\": \"$member\", \"text\": \"$2\"}" >/dev/null; }

# press FILTER: presses the first element of the brief that the filter selects.
press() {
	action=$(control messages/C1GENERAL | jq -c "[$all | map(select(.ts == \"$brief\")) | .. | objects | select($1)] | .[0] | {type, action_id, block_id: \"b\", value: (.value // .positive_button.value)}")
	control interact "{\"channel\": \"C1GENERAL\", \"messageTs\": \"$brief\", \"user\": \"$member\", \"action\": $action}" >/dev/null
}
button() { press ".type? == \"button\" and .text.text? == \"$1\""; }

# submit FIELD VALUE: fills in one field of the form that is open, keeps the others, and sends it.
submit() {
	values=$(control log | jq -c "[.log[] | select((.summary // .detail // .message // \"\" | tostring) == \"views.open\")] | last | [.. | objects | select(has(\"view\"))] | .[0].view
		| if type == \"string\" then fromjson else . end
		| [.blocks[] | select(.type == \"input\")
			| {(.block_id): {value: {type: .element.type, value: (if .block_id == \"$1\" then \"$2\" else .element.initial_value end),
				selected_option: .element.initial_option, selected_options: .element.initial_options}}}] | add")
	$inside env "PODBRIEF_TEST_FRAME=ws://127.0.0.1:3000/ui
{\"t\": \"view_submit\", \"user\": \"$member\", \"values\": $values}" "$dir/bot"
}

picture() {
	if command -v chromium >/dev/null; then
		$inside chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
			--disable-component-update --disable-sync --user-data-dir="$dir/chromium" --virtual-time-budget=5000 --window-size=1200,1900 \
			--screenshot="$pictures/$1" "$slack/" >"$dir/chromium.log" 2>&1 && echo "picture: $pictures/$1"
	fi
}

# begin MODE [LISTEN]: starts local-slack and the bot.
begin() {
	rm -f "$dir/podbrief.db"*
	cat >"$dir/workspace.json" <<EOF
{"workspace": {"name": "Test", "domain": "test", "teamId": "T0001"},
 "apps": [{"appId": "A0001", "botUserId": "U0BOT", "botName": "podbrief", "botToken": "xoxb-test-bot", "appToken": "xapp-test-app",
  "signingSecret": "test-signing-secret", "mode": "$1", "requestUrl": "http://127.0.0.1:8080/slack"}],
 "users": [{"id": "$member", "name": "ada", "real_name": "Ada", "tz": "Europe/Berlin"}],
 "channels": [{"id": "C1GENERAL", "name": "general", "members": ["$member", "U0BOT"]}]}
EOF
	$inside "$dir/node_modules/local-slack-linux-x64/bin/local-slack" --config "$dir/workspace.json" --port 3000 --base-host 127.0.0.1 --files-dir "$dir/files" >"$dir/slack.log" 2>&1 &
	ids=$!
	for _ in $(seq 60); do control state >/dev/null 2>&1 && break || sleep 0.5; done
	$inside env "PODBRIEF_TEST_SERVE=$slack/api/
$dir/podbrief.db${2:+
$2}" "$dir/bot" 2>"$dir/bot.log" &
	ids="$ids $!"
	sleep 3
}

play() {
	echo "== $1"
	begin "$@"
	slash "topic ai"
	await "the command is answered" "$all | any(.text | test(\"Following: ai\"))"
	await "the brief is posted" "$all | any(.text | test(\"Your first brief\"))"
	brief=$(control messages/C1GENERAL | jq -r "$all | map(select(.text | test(\"Your first brief\"))) | .[0].ts")
	picture "slack-$1.png"

	button More
	await "More is answered in the thread" "$all | any(.thread_ts == \"$brief\" and (.text | test(\"What was said\")))"
	button Related
	await "Related is answered" "$all | any(.text | test(\"Other podcasts|No other podcast\"))"
	press '.type? == "feedback_buttons"'
	await "a vote is noted for its sender" "$all | any(.ephemeral_to == \"$member\" and (.text | test(\"more like this\")))"
	say C1GENERAL "<@U0BOT> what did they say about tokens and prices?"
	await "a mention is answered in its thread" "$all | map(select(.thread_ts != null and .thread_ts != \"$brief\" and .user == \"U0BOT\")) | length > 0"

	button Ask
	logged "Ask opens a form" views.open
	submit question " "
	logged "an empty question is shown at its field" 'errors.*Write a question'
	submit question "what did they say about tokens and models?"
	await "the answer comes into the thread, with citations" "$all | any(.thread_ts == \"$brief\" and ([.. | strings] | any(test(\"^&gt; “\"))) and (.text | test(\"closest passages\")))"

	direct=$($inside curl -sS --max-time 10 -H 'Authorization: Bearer xoxb-test-bot' -d "users=$member" "$slack/api/conversations.open" | jq -r .channel.id)
	say "$direct" "what did they say about models?"
	await "a question in direct messages is answered there" "$all | any(.user == \"U0BOT\" and (.text | test(\"closest passages|not in the episodes\")))" "$direct"

	slash settings
	logged "the settings open" views.open 2
	submit time "half past never"
	logged "a wrong time is shown at its field" 'errors.*I do not understand'
	submit time "09:15 weekdays Europe/Berlin"
	await "the settings are saved" "$all | any(.ephemeral_to == \"$member\" and (.text | test(\"Saved\")))"

	control open-home "{\"user\": \"$member\"}" >/dev/null
	logged "the home is shown" views.publish
	echo "briefs posted: $(control messages/C1GENERAL | jq "$all | map(select(.text | test(\"Your first brief\"))) | length")"
	grep -E "level=(WARN|ERROR)" "$dir/bot.log" || echo "no warnings of the bot"
	end
}

play socket
play events 127.0.0.1:8080
