package llm

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

//go:embed prompts
var prompts embed.FS

// render fills a prompt's template: version names the files prompts/<version>.tmpl and .json, user the template that the
// user's message comes from.
func render(version, user string, data any) (prompt, error) {
	t, err := template.ParseFS(prompts, "prompts/"+version+".tmpl")
	if err != nil {
		return prompt{}, fmt.Errorf("read prompt %q: %w", version, err)
	}
	schema, err := prompts.ReadFile("prompts/" + version + ".json")
	if err != nil {
		return prompt{}, fmt.Errorf("read schema %q: %w", version, err)
	}
	p := prompt{Name: strings.ReplaceAll(version, "-", "_"), Schema: json.RawMessage(bytes.TrimSpace(schema))}
	if p.System, err = execute(t, "system", data); err != nil {
		return prompt{}, err
	}
	p.User, err = execute(t, user, data)
	return p, err
}

func execute(t *template.Template, name string, data any) (string, error) {
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("fill prompt: %w", err)
	}
	return b.String(), nil
}
