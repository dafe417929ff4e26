package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"podbrief/digest/insight"
	"podbrief/store"
)

// Records of this package:
//
//	llm-spend   <day>/<kind>/<name>   Amount     what an account spent or reserved on a day ("2026-11-24/workspace/T1")
//	llm-spend   ever/episode/<id>     Amount     what an episode spent at all
//	llm-switch  off                   string     the reason why no model may be called
const (
	spendBucket  = "llm-spend"
	switchBucket = "llm-switch"
	switchKey    = "off"
)

// ErrBudget says that a call would pass a limit; it was not made.
var ErrBudget = errors.New("budget used up")

// errEver says that the limit is one for ever and not of a day.
var errEver = errors.New("for good")

// errOff says that an operator wants no calls.
var errOff = errors.New("model calls are switched off")

// Amount is what calls cost.
type Amount struct {
	Micros int64 `json:"micros"` // millionths of a dollar
	Tokens int64 `json:"tokens"` // in and out
	Calls  int64 `json:"calls"`
	Audio  int64 `json:"audio,omitempty"` // seconds transcribed
}

func (a Amount) plus(b Amount) Amount {
	return Amount{a.Micros + b.Micros, a.Tokens + b.Tokens, a.Calls + b.Calls, a.Audio + b.Audio}
}

func (a Amount) minus(b Amount) Amount {
	return Amount{a.Micros - b.Micros, a.Tokens - b.Tokens, a.Calls - b.Calls, a.Audio - b.Audio}
}

// within reports whether a is within limit, where a limit of 0 is none.
func (a Amount) within(limit Amount) bool {
	ok := func(v, limit int64) bool { return limit == 0 || v <= limit }
	return ok(a.Micros, limit.Micros) && ok(a.Tokens, limit.Tokens) && ok(a.Calls, limit.Calls) && ok(a.Audio, limit.Audio)
}

// Budget keeps what model calls cost within limits. A call's upper bound is reserved before it and settled after it; a
// call that a crash cut off stays charged in full, since it may have been billed. It is safe for concurrent use.
type Budget struct {
	DB   store.DB          // required
	Day  Amount            // limit of all calls of a UTC day
	Each map[string]Amount // limit per account of a kind: "workspace" and "channel" a day, "episode" ever
	Off  string            // why the operator allows no calls at all; "" when they are allowed
}

// Reservation is the upper bound of one call, charged but not settled.
type Reservation struct {
	budget *Budget
	keys   []string
	amount Amount
	done   bool
}

// Reserve charges the upper bound of a call to the day and to the accounts of ctx. It returns ErrBudget, wrapped with the
// limit that was met, when one of them would be passed; nothing is charged then.
func (b *Budget) Reserve(ctx context.Context, most Amount) (*Reservation, error) {
	charges := b.charges(ctx)
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		if why, err := b.off(tx); err != nil || why != "" {
			return errors.Join(err, offError(why))
		}
		for _, c := range charges {
			if err := c.add(tx, most); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reserve model budget: %w", err)
	}
	r := &Reservation{budget: b, amount: most}
	for _, c := range charges {
		r.keys = append(r.keys, c.key)
	}
	return r, nil
}

// has returns the error that Reserve would return for an amount, and charges nothing.
func (b *Budget) has(ctx context.Context, most Amount) error {
	r, err := b.Reserve(ctx, most)
	if err != nil {
		return err
	}
	return r.Settle(ctx, Amount{})
}

// Settle replaces the reservation by what the call cost. A second call does nothing.
func (r *Reservation) Settle(ctx context.Context, cost Amount) error {
	if r.done {
		return nil
	}
	r.done = true
	back := cost.minus(r.amount)
	return r.budget.DB.Update(ctx, func(tx store.Tx) error {
		for _, key := range r.keys {
			if err := (charge{key: key}).add(tx, back); err != nil {
				return err
			}
		}
		return nil
	})
}

// Spent returns what was charged on the day of t to all, or to one account when it is given.
func (b *Budget) Spent(ctx context.Context, t time.Time, a ...insight.Account) (Amount, error) {
	key := dayKey(t, insight.Account{Kind: "all", Name: "all"})
	if len(a) > 0 {
		key = accountKey(t, a[0])
	}
	var sum Amount
	err := b.DB.View(ctx, func(tx store.Tx) (err error) {
		sum, err = readAmount(tx, key)
		return err
	})
	return sum, err
}

// Switch turns all model calls off, with the reason that readers are told, or on again when why is "".
func (b *Budget) Switch(ctx context.Context, why string) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		if why == "" {
			return tx.Delete(switchBucket, switchKey)
		}
		return tx.Put(switchBucket, switchKey, []byte(why))
	})
}

// SwitchedOff returns why no calls are made; "" when they are.
func (b *Budget) SwitchedOff(ctx context.Context) (why string, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		why, err = b.off(tx)
		return err
	})
	return why, err
}

// Forget deletes what is kept of the accounts whose names begin with a text, as those of a workspace that left.
func (b *Budget) Forget(ctx context.Context, owner string) error {
	return b.DB.Update(ctx, func(tx store.Tx) error {
		for key := range tx.Scan(spendBucket, "", "") {
			if parts := strings.SplitN(key, "/", 3); len(parts) == 3 && parts[1] != "episode" && strings.HasPrefix(parts[2], owner) {
				if err := tx.Delete(spendBucket, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (b *Budget) off(tx store.Tx) (string, error) {
	if b.Off != "" {
		return b.Off, nil
	}
	why, err := tx.Get(switchBucket, switchKey)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return string(why), err
}

func offError(why string) error {
	if why == "" {
		return nil
	}
	return fmt.Errorf("%w: %w: %s", ErrBudget, errOff, why)
}

// charge is one counter with its limit.
type charge struct {
	key, name string
	limit     Amount
}

func (b *Budget) charges(ctx context.Context) []charge {
	now := time.Now()
	all := []charge{{key: dayKey(now, insight.Account{Kind: "all", Name: "all"}), name: "the day", limit: b.Day}}
	for _, a := range insight.Accounts(ctx) {
		all = append(all, charge{key: accountKey(now, a), name: "this " + a.Kind, limit: b.Each[a.Kind]})
	}
	return all
}

// add charges a. A negative amount is a settlement and never refused.
func (c charge) add(tx store.Tx, a Amount) error {
	old, err := readAmount(tx, c.key)
	if err != nil {
		return err
	}
	sum := old.plus(a)
	if !sum.within(c.limit) && strings.HasPrefix(c.key, "ever/") {
		return fmt.Errorf("%w: %w: the limit of %s is reached", ErrBudget, errEver, c.name)
	}
	if !sum.within(c.limit) {
		return fmt.Errorf("%w: the limit of %s is reached", ErrBudget, c.name)
	}
	val, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	if old == (Amount{}) && strings.HasPrefix(c.key, "ever/") {
		if err := ending(tx, spendBucket, c.key, keepSpend); err != nil {
			return err
		}
	}
	return tx.Put(spendBucket, c.key, val)
}

func readAmount(tx store.Tx, key string) (a Amount, err error) {
	val, err := tx.Get(spendBucket, key)
	if errors.Is(err, store.ErrNotFound) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(val, &a)
}

// accountKey is where an account's charges stand: an episode has one limit for ever, others one a day.
func accountKey(t time.Time, a insight.Account) string {
	if a.Kind == "episode" {
		return "ever/episode/" + a.Name
	}
	return dayKey(t, a)
}

func dayKey(t time.Time, a insight.Account) string {
	return t.UTC().Format(time.DateOnly) + "/" + a.Kind + "/" + a.Name
}
