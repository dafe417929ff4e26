package discordtest

import "strconv"

// Permissions of a member, as they are signed.
const (
	ManageChannels = 1 << 4
	ManageGuild    = 1 << 5
	mayPost        = 1<<10 | 1<<11 | 1<<14
	mayAll         = mayPost | 1<<15 | 1<<16 | 1<<35 | 1<<38 // what everybody may, the bot too
)

// In returns what an interaction in a channel of the server has, by a user with permissions.
func In(channel string, permissions uint64) map[string]any {
	return map[string]any{
		"guild_id": Guild, "channel_id": channel, "channel": map[string]any{"id": channel, "type": Text, "name": "general"},
		"member":                         map[string]any{"user": map[string]any{"id": User}, "permissions": strconv.FormatUint(permissions, 10)},
		"app_permissions":                strconv.Itoa(mayPost),
		"context":                        0,
		"locale":                         "en-US",
		"authorizing_integration_owners": map[string]any{"0": Guild},
	}
}

// InDM returns what an interaction in direct messages with the bot has.
func InDM() map[string]any {
	return map[string]any{
		"channel_id": DMOf(User), "channel": map[string]any{"id": DMOf(User), "type": DM}, "user": map[string]any{"id": User}, "context": 1,
		"authorizing_integration_owners": map[string]any{"0": "0"},
	}
}

// Command makes an interaction a subcommand of /brief with options, given as name and value by turns.
func Command(in map[string]any, word string, options ...string) map[string]any {
	in["type"] = 2
	in["data"] = map[string]any{"name": "brief", "type": 1, "options": []any{map[string]any{"name": word, "type": 1, "options": pairs(options)}}}
	return in
}

func pairs(options []string) []any {
	out := []any{}
	for i := 0; i+1 < len(options); i += 2 {
		out = append(out, map[string]any{"name": options[i], "type": 3, "value": options[i+1]})
	}
	return out
}

// Typing makes an interaction the typing of an option's value.
func Typing(in map[string]any, word, option, typed string) map[string]any {
	Command(in, word)
	in["type"] = 4
	sub := in["data"].(map[string]any)["options"].([]any)[0].(map[string]any)
	sub["options"] = []any{map[string]any{"name": option, "type": 3, "value": typed, "focused": true}}
	return in
}

// Press makes an interaction the press of a button, or the choice of values of a menu, under a message.
func Press(in map[string]any, message, id string, values ...string) map[string]any {
	in["type"] = 3
	in["message"] = map[string]any{"id": message}
	in["data"] = map[string]any{"custom_id": id, "component_type": 2}
	if len(values) > 0 {
		in["data"] = map[string]any{"custom_id": id, "component_type": 3, "values": values}
	}
	return in
}

// Submit makes an interaction the sending of a form with values, given as name and value by turns.
func Submit(in map[string]any, id string, values ...string) map[string]any {
	var parts []any
	for i := 0; i+1 < len(values); i += 2 {
		parts = append(parts, map[string]any{"type": 18, "component": map[string]any{"type": 4, "custom_id": values[i], "value": values[i+1]}})
	}
	in["type"] = 5
	in["data"] = map[string]any{"custom_id": id, "components": parts}
	return in
}

// Controls returns the components of a message, rows taken apart.
func Controls(message map[string]any) []map[string]any {
	var out []map[string]any
	rows, _ := message["components"].([]any)
	for _, r := range rows {
		parts, _ := r.(map[string]any)["components"].([]any)
		for _, c := range parts {
			out = append(out, c.(map[string]any))
		}
	}
	return out
}
