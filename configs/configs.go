// Package configs is the one table of settings: each key with its default, its check and whether it is secret. It reads
// them out of the environment and a file of KEY=VALUE lines, and imports nothing of ours: what a setting means is known
// where it is used.
package configs

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Feeds is the OPML document of the topic packs that come with the program.
//
//go:embed feeds.opml
var Feeds []byte

// Setting is a row of the table.
type Setting struct {
	Key     string
	Default string
	Help    string // one line
	Secret  bool   // never printed; may also be given as KEY_FILE, the path of a file that holds it
	check   func(string) error
}

// Config holds the value of every setting.
type Config struct {
	values map[string]string
	given  map[string]string // key -> where its value comes from; absent for defaults
}

// Load reads every setting out of the environment, then out of file ("" for none), then takes its default. A wrong value or
// a key that does not exist is an error of one sentence; all of them are joined.
func Load(getenv func(string) string, file string) (Config, error) {
	c := Config{values: map[string]string{}, given: map[string]string{}}
	lines, err := readFile(file)
	if err != nil {
		return c, err
	}
	var wrong []error
	for _, s := range Settings() {
		wrong = append(wrong, c.set(s, getenv, lines, file))
	}
	return c, errors.Join(wrong...)
}

// Get returns the value of a setting. It panics when there is no such key: keys are written in the code.
func (c Config) Get(key string) string {
	v, ok := c.values[key]
	if !ok {
		panic("configs: no setting " + key)
	}
	return v
}

// Fields returns a setting's value as a list: it is separated by commas or spaces.
func (c Config) Fields(key string) []string {
	return strings.FieldsFunc(c.Get(key), func(r rune) bool { return r == ',' || r == ' ' })
}

// Print writes the settings as lines that Load can read, each with its help and where its value comes from. Secrets are
// left out.
func (c Config) Print(w io.Writer) error {
	for _, s := range Settings() {
		value, from := c.Get(s.Key), "default"
		if g := c.given[s.Key]; g != "" {
			from = g
		}
		if s.Secret && value != "" {
			value = "(secret)"
		}
		if _, err := fmt.Fprintf(w, "# %s [%s]\n%s=%s\n", s.Help, from, s.Key, masked(value)); err != nil {
			return err
		}
	}
	return nil
}

var hidden = regexp.MustCompile(`(://[^/@\s:]*:)[^@/\s]*@|([?&][^=&\s]*(?:key|token|secret|password|sig)[^=&\s]*=)[^&#\s]*`)

// masked is a value without the passwords and keys that addresses may hold.
func masked(value string) string {
	return hidden.ReplaceAllStringFunc(value, func(found string) string {
		m := hidden.FindStringSubmatch(found)
		if m[1] != "" {
			return m[1] + "(secret)@"
		}
		return m[2] + "(secret)"
	})
}

// set finds a setting's value and checks it.
func (c Config) set(s Setting, getenv func(string) string, lines map[string]string, file string) error {
	value, from, err := lookUp(s, getenv, lines, file)
	if err != nil {
		return err
	}
	if from == "" {
		value = s.Default
	} else {
		c.given[s.Key] = from
	}
	c.values[s.Key] = value
	if s.check == nil || value == "" {
		return nil
	}
	if err := s.check(value); err != nil {
		if s.Secret {
			return fmt.Errorf("%s (from %s): %w", s.Key, from, err)
		}
		return fmt.Errorf("%s is %q (from %s): %w", s.Key, masked(value), from, err)
	}
	return nil
}

// lookUp returns a setting's value and where it was found, "" when nowhere.
func lookUp(s Setting, getenv func(string) string, lines map[string]string, file string) (value, from string, err error) {
	if s.Secret && getenv(s.Key) != "" && getenv(s.Key+"_FILE") != "" {
		return "", "", fmt.Errorf("%[1]s and %[1]s_FILE are both set; keep one of them", s.Key)
	}
	if v := getenv(s.Key); v != "" {
		return v, "environment", nil
	}
	path := ""
	if s.Secret {
		path = getenv(s.Key + "_FILE")
	}
	if v, ok := lines[s.Key]; ok && path == "" {
		return v, file, nil
	}
	if path == "" && s.Secret {
		path = lines[s.Key+"_FILE"]
	}
	if path == "" {
		return "", "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("%s_FILE names a file that cannot be read: %w", s.Key, err)
	}
	value = strings.TrimSpace(string(b))
	if value == "" {
		return "", "", fmt.Errorf("%s_FILE names an empty file, %s; write the value into it", s.Key, path)
	}
	return value, path, nil
}

// readFile reads a file of KEY=VALUE lines; empty lines and those that begin with # are skipped.
func readFile(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return parse(string(b), file)
}

// parse reads KEY=VALUE lines. Values may stand in quotes.
func parse(text, file string) (map[string]string, error) {
	known := keys()
	lines := map[string]string{}
	var wrong []error
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		key = strings.TrimSpace(key)
		switch {
		case !ok:
			wrong = append(wrong, fmt.Errorf("%s, line %d: write KEY=VALUE", file, i+1))
		case !slices.Contains(known, key):
			wrong = append(wrong, fmt.Errorf("%s, line %d: there is no setting %q; `podbrief config` lists them", file, i+1, key))
		default:
			lines[key] = unquote(strings.TrimSpace(value))
		}
	}
	return lines, errors.Join(wrong...)
}

// keys returns all keys that a file may hold.
func keys() []string {
	var known []string
	for _, s := range Settings() {
		known = append(known, s.Key)
		if s.Secret {
			known = append(known, s.Key+"_FILE")
		}
	}
	return known
}

// unquote removes one pair of quotes around a value.
func unquote(v string) string {
	if len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
		return v[1 : len(v)-1]
	}
	return v
}
