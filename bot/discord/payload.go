package discord

// The JSON that goes to Discord. Fields without omitempty are always sent: an edit that leaves one out keeps what was there.

// message is a message to create, or the new content of one.
type message struct {
	Content         string     `json:"content"`
	Embeds          []embed    `json:"embeds"`
	Components      []row      `json:"components"`
	AllowedMentions mentions   `json:"allowed_mentions"`
	Flags           int        `json:"flags,omitempty"`
	Nonce           string     `json:"nonce,omitempty"`
	EnforceNonce    bool       `json:"enforce_nonce,omitempty"`
	Reference       *reference `json:"message_reference,omitempty"`

	file *upload // sent beside the JSON
}

// mentions is who a message pings. Its zero value is not: Parse must be an empty list, which marshals as [].
type mentions struct {
	Parse []string `json:"parse"`
}

// reference makes a message a reply.
type reference struct {
	MessageID       string `json:"message_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

type upload struct {
	Name, Type string
	Body       []byte
}

type embed struct {
	Title       string      `json:"title,omitempty"`
	URL         string      `json:"url,omitempty"` // of the title
	Description string      `json:"description,omitempty"`
	Thumbnail   *embedImage `json:"thumbnail,omitempty"`
	Footer      *footer     `json:"footer,omitempty"`
}

type embedImage struct {
	URL string `json:"url"`
}

type footer struct {
	Text string `json:"text"`
}

// newThread is a thread to open under a message.
type newThread struct {
	Name        string `json:"name"`
	AutoArchive int    `json:"auto_archive_duration"` // minutes
}

// forumPost is a thread to open in a forum, with its first message.
type forumPost struct {
	Name         string  `json:"name"`
	AutoArchive  int     `json:"auto_archive_duration"` // minutes
	FirstMessage message `json:"message"`
}

// recipient is with whom to open direct messages.
type recipient struct {
	ID string `json:"recipient_id"`
}

// choiceList is what is offered while somebody types.
type choiceList struct {
	Choices []offered `json:"choices"`
}

// redrawing draws what stands under a message anew, and leaves the rest of it.
type redrawing struct {
	Components      []row    `json:"components"`
	AllowedMentions mentions `json:"allowed_mentions"`
}

// deferral promises an answer.
type deferral struct {
	Flags int `json:"flags,omitempty"`
}

// The types of components.
const (
	rowType    = 1
	buttonType = 2
	menuType   = 3
	inputType  = 4
	textType   = 10
	labelType  = 18
)

// row is an action row: up to five buttons, or one menu.
type row struct {
	Type       int         `json:"type"`
	Components []component `json:"components"`
}

// component is a button, a menu or a text input.
type component struct {
	Type        int      `json:"type"`
	Style       int      `json:"style,omitempty"`
	Label       string   `json:"label,omitempty"`
	CustomID    string   `json:"custom_id,omitempty"`
	URL         string   `json:"url,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"`
	Options     []option `json:"options,omitempty"`
	MinValues   *int     `json:"min_values,omitempty"`
	MaxValues   int      `json:"max_values,omitempty"`
	MaxLength   int      `json:"max_length,omitempty"`
	Required    *bool    `json:"required,omitempty"`
	Value       string   `json:"value,omitempty"`
}

type option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// The styles of buttons and text inputs.
const (
	grayButton = 2
	linkButton = 5
	oneLine    = 1
	manyLines  = 2
)

// modal is a form.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []modalPart `json:"components"`
}

// modalPart is a labelled field of a form, or a text in it.
type modalPart struct {
	Type        int        `json:"type"`
	Label       string     `json:"label,omitempty"`
	Description string     `json:"description,omitempty"`
	Component   *component `json:"component,omitempty"`
	Content     string     `json:"content,omitempty"`
}

// response is the first answer to an interaction.
type response struct {
	Type int     `json:"type"`
	Data payload `json:"data,omitempty"`
}

// The types of responses.
const (
	respondPong     = 1
	respondMessage  = 4
	respondDefer    = 5
	respondUpdate   = 7
	respondComplete = 8
	respondModal    = 9
)

// ephemeral marks an answer that only the asker sees.
const ephemeral = 1 << 6
