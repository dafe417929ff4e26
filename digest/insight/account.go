package insight

import "context"

// Account names somebody who is charged for what a model costs: a kind ("workspace", "channel", "episode") and who.
type Account struct{ Kind, Name string }

type accountsKey struct{}

// WithAccounts returns a context under which model calls are charged to these accounts too.
func WithAccounts(ctx context.Context, a ...Account) context.Context {
	return context.WithValue(ctx, accountsKey{}, append(Accounts(ctx), a...))
}

// Accounts returns the accounts that calls under ctx are charged to.
func Accounts(ctx context.Context) []Account {
	a, _ := ctx.Value(accountsKey{}).([]Account)
	return a[:len(a):len(a)]
}
