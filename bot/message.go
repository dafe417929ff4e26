package bot

import (
	"slices"
	"strings"
)

// Message is what the bot says, as plain text in a few small types. Bold, links and buttons come from structure and never
// from markup inside the strings: adapters escape every string, and draw every field.
type Message struct {
	Heading  string    `json:"heading,omitempty"`
	Text     string    `json:"text,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Actions  []Action  `json:"actions,omitempty"` // of the whole message
	Footer   string    `json:"footer,omitempty"`
	Private  bool      `json:"private,omitempty"` // for the asker only
	// InThread asks for a thread under the message that was answered, for long answers.
	InThread bool `json:"in_thread,omitempty"`
	// OpenThread asks for a thread under the message as soon as it is posted, where replies make none by themselves.
	OpenThread bool  `json:"open_thread,omitempty"`
	Form       *Form `json:"form,omitempty"` // to be filled in
	File       *File `json:"file,omitempty"`
	// Summary is the line that a notification shows; "" lets the adapter make it of Heading and Sections.
	Summary string `json:"summary,omitempty"`
}

// IsZero reports whether the message says nothing.
func (m Message) IsZero() bool {
	return m.Heading == "" && m.Text == "" && len(m.Sections) == 0 && m.Footer == "" && m.Form == nil && m.File == nil
}

// Shortened and LeftOut are the notes under a message that a renderer could not draw in full.
const (
	Shortened = "Shortened to fit into one message"
	LeftOut   = "Shortened to fit into one message: the last parts are left out"
)

// Cleaned returns the message with every text cleaned: those of one line by line, the others by text. The file and the form
// stay as they are.
func (m Message) Cleaned(line, text func(string) string) Message {
	m.Heading, m.Text, m.Footer, m.Summary = line(m.Heading), text(m.Text), line(m.Footer), line(m.Summary)
	m.Actions = cleanedActions(m.Actions, line)
	m.Sections = slices.Clone(m.Sections)
	for i := range m.Sections {
		s := &m.Sections[i]
		s.Heading, s.Text, s.Quote, s.Meta, s.Link.Label = line(s.Heading), text(s.Text), line(s.Quote), line(s.Meta), line(s.Link.Label)
		s.Actions = cleanedActions(s.Actions, line)
	}
	return m
}

func cleanedActions(actions []Action, line func(string) string) []Action {
	actions = slices.Clone(actions)
	for i := range actions {
		actions[i].Label = line(actions[i].Label)
	}
	return actions
}

// WithButton returns the message as it is where its form cannot be opened: a button opens it.
func (m Message) WithButton() Message {
	if m.Form == nil {
		return m
	}
	m.Text = strings.Join(nonEmpty(m.Text, m.Form.Intro, "Press the button to fill in the form."), "\n")
	m.Actions = append(slices.Clone(m.Actions), Action{Label: m.Form.Title, Command: m.Form.Command, Form: true})
	m.Form, m.Private = nil, true
	return m
}

// Section is one part of a message: an insight of a brief, a citation of an answer, a row of a list.
type Section struct {
	Heading string   `json:"heading,omitempty"` // drawn bold: the claim
	Quote   string   `json:"quote,omitempty"`   // drawn as a quotation
	Text    string   `json:"text,omitempty"`
	Link    Link     `json:"link,omitzero"`   // podcast and episode at the second
	Meta    string   `json:"meta,omitempty"`  // drawn small: speaker, why it was chosen
	Image   string   `json:"image,omitempty"` // URL of artwork
	Actions []Action `json:"actions,omitempty"`
	// Short is the first part that a renderer leaves out when the message is too long for its platform.
	Short bool `json:"short,omitempty"`
}

// Link is a labelled address.
type Link struct {
	Label string `json:"label,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Action is something to press. It carries the words of a command that a user could have typed, or a URL.
type Action struct {
	Label   string   `json:"label"`
	Command []string `json:"command,omitempty"` // at most 90 bytes when joined by spaces
	URL     string   `json:"url,omitempty"`
	// Form marks a command whose missing words are asked for in a form (Ask).
	Form bool `json:"form,omitempty"`
}

// Form is a set of fields to fill in. Submitting it sends Command with the fields' values.
type Form struct {
	Title   string   `json:"title"` // at most 24 characters
	Command []string `json:"command"`
	Submit  string   `json:"submit,omitempty"`
	Intro   string   `json:"intro,omitempty"`
	Fields  []Field  `json:"fields"` // at most five that are not Extra
}

// Few returns the fields for a platform with little room: those that are not Extra.
func (f *Form) Few() []Field {
	return slices.DeleteFunc(slices.Clone(f.Fields), func(x Field) bool { return x.Extra })
}

// Field is one field of a form.
type Field struct {
	Name     string    `json:"name"` // lower case
	Label    string    `json:"label"`
	Hint     string    `json:"hint,omitempty"`
	Kind     FieldKind `json:"kind,omitempty"`
	Value    string    `json:"value,omitempty"` // several values one a line
	Choices  []Choice  `json:"choices,omitempty"`
	Required bool      `json:"required,omitempty"`
	MaxLen   int       `json:"max_len,omitempty"` // characters; 0 is the platform's limit
	Extra    bool      `json:"extra,omitempty"`   // for platforms whose forms have room for more than five
}

// FieldKind is how a field is filled in.
type FieldKind string

// The kinds of field.
const (
	Line  FieldKind = ""      // one line
	Lines FieldKind = "lines" // several lines
	One   FieldKind = "one"   // one of Choices
	Many  FieldKind = "many"  // any of Choices
)

// File is a document that goes with a message (an OPML export).
type File struct {
	Name string `json:"name"`
	Type string `json:"type"` // media type
	Body []byte `json:"body"`
}
