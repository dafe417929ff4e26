package bot

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawChannel draws a channel whose names hold what keys are made of.
func drawChannel(t *rapid.T, label string) Channel {
	name := rapid.StringMatching(`[a-z/%@:+0 é]{1,6}`)
	ch := Channel{Platform: rapid.SampledFrom([]string{"slack", "discord"}).Draw(t, label+" platform"), Workspace: name.Draw(t, label+" workspace")}
	if rapid.Bool().Draw(t, label+" direct") {
		ch.Kind, ch.User = Direct, name.Draw(t, label+" user")
	} else {
		ch.ID = name.Draw(t, label+" id")
	}
	return ch
}

// TestKeysNeverMeet checks that the keys of one channel never begin with those of another: what is read or deleted of one
// is never the other's, whatever their names hold.
func TestKeysNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawChannel(t, "a"), drawChannel(t, "b")
		same := a.Platform == b.Platform && a.Workspace == b.Workspace
		if got := strings.HasPrefix(workspaceKey(a), workspaceKey(b)); got != same {
			t.Fatalf("workspaceKey(%+v) = %q begins with %q: %v, want %v", a, workspaceKey(a), workspaceKey(b), got, same)
		}
		if same = same && a == b; strings.HasPrefix(channelKey(a), channelKey(b)) != same {
			t.Fatalf("channelKey(%+v) = %q, channelKey(%+v) = %q: want them apart", a, channelKey(a), b, channelKey(b))
		}
		if got := workspaceOf(channelKey(a)); got != workspaceKey(a) {
			t.Fatalf("workspaceOf(%q) = %q, want %q", channelKey(a), got, workspaceKey(a))
		}
		key := channelKey(a) + rapid.String().Draw(t, "rest")
		if key >= after(channelKey(a)) || key < channelKey(a) {
			t.Fatalf("key %q is not in the range of %q", key, channelKey(a))
		}
	})
}

// TestDirectMessagesHaveOneKey checks that somebody's direct messages are one place, opened or not.
func TestDirectMessagesHaveOneKey(t *testing.T) {
	a := Channel{Platform: "slack", Workspace: "T1", Kind: Direct, User: "U1"}
	b := a
	b.ID, b.Name = "D1", "ada"
	if channelKey(a) != channelKey(b) {
		t.Errorf("channelKey = %q before it is opened, %q after", channelKey(a), channelKey(b))
	}
}

// TestOutsideNames checks the forms of names that go outside.
func TestOutsideNames(t *testing.T) {
	key := regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		for _, name := range []string{string(deliveryKey(a)), token(a)} {
			if !key.MatchString(name) {
				t.Fatalf("name %q of %q, want 1 to 40 of [a-z0-9-]", name, a)
			}
		}
		if (deliveryKey(a) == deliveryKey(b)) != (a == b) || (token(a) == token(b)) != (a == b) {
			t.Fatalf("%q and %q have one name", a, b)
		}
	})
}

// TestOwnedBuckets checks that a purge reaches every bucket of a workspace: all but topics, which are of no workspace, and
// the marks of purges themselves.
func TestOwnedBuckets(t *testing.T) {
	all := []string{
		workspaceBucket, subscriptionBucket, deliveryBucket, openBucket, messageBucket, seenBucket, voteBucket, savedBucket,
		managedBucket, threadBucket, choiceBucket, useBucket,
	}
	got := ownedBuckets[:]
	if !slices.Equal(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(got))) {
		t.Errorf("ownedBuckets = %q, want %q", got, all)
	}
	if slices.Index(got, openBucket) > slices.Index(got, deliveryBucket) {
		t.Error("deliveries are deleted before the marks that they are open: a crash between leaves marks of nothing")
	}
}
