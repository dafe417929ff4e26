package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"podbrief/bot"
)

// errorsOf lists Slack's errors (HTTP 200 with ok:false) by what to do about them. An error that is not listed means "not
// sent", and must not be tried again and again: it stops the channel.
// https://docs.slack.dev/reference/methods/chat.postMessage#errors
var errorsOf = map[bot.Class]string{
	bot.TenantStop: "account_inactive invalid_auth not_authed token_revoked token_expired org_login_required missing_scope " +
		"not_allowed_token_type team_not_found two_factor_setup_required enterprise_is_restricted app_not_installed",
	bot.PayloadFix: "msg_too_long no_text too_many_attachments invalid_blocks invalid_blocks_format msg_blocks_too_long " +
		"invalid_metadata_format metadata_too_large metadata_must_be_sent_from_app invalid_metadata_schema invalid_arguments invalid_args " +
		"invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_json json_not_object invalid_post_type " +
		"missing_post_type invalid_post_type too_many_contact_cards cannot_reply_to_message invalid_attachments markdown_text_conflict",
	bot.Wait:      "rate_limited ratelimited message_limit_exceeded accesslimited team_added_to_org",
	bot.Ambiguous: "service_unavailable request_timeout fatal_error internal_error external_channel_migrating",
	bot.UserGone:  "user_not_found user_disabled user_not_visible users_not_found cannot_dm_bot user_is_bot users_not_visible",
}

// classOf returns the class of an error of Slack.
func classOf(code string) bot.Class {
	for class, list := range errorsOf {
		for name := range strings.FieldsSeq(list) {
			if name == code {
				return class
			}
		}
	}
	return bot.ChannelStop
}

// classify says what to do after a call failed. reached is false when the request cannot have arrived.
func classify(err error, reached bool) *bot.PostError {
	if pe, ok := errors.AsType[*bot.PostError](err); ok {
		return pe
	}
	out := &bot.PostError{Class: bot.Ambiguous, Err: err}
	if r, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		out.Class, out.RetryAfter = bot.Wait, max(r.RetryAfter, time.Second)
		return out
	}
	if s, ok := errors.AsType[slack.StatusCodeError](err); ok {
		if s.Code == http.StatusTooManyRequests {
			out.Class = bot.Wait
		}
		return out
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // of Retry-After, which is read with status 429 only
		out.Class = bot.Wait
		return out
	}
	if s, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		out.Class = classOf(s.Err)
		out.Err = explain(s)
		return out
	}
	if !reached {
		out.Class = bot.Wait
	}
	return out
}

// explain writes what Slack says about an error.
func explain(s slack.SlackErrorResponse) error {
	switch {
	case s.Needed != "":
		return fmt.Errorf("%w: add the scope %s and install the app again", s, s.Needed)
	case len(s.ResponseMetadata.Messages) > 0:
		return fmt.Errorf("%w: %s", s, strings.Join(s.ResponseMetadata.Messages, "; "))
	}
	return s
}

// code returns Slack's word for an error; "" when it is none of Slack.
func code(err error) string {
	s, _ := errors.AsType[slack.SlackErrorResponse](err)
	return s.Err
}
