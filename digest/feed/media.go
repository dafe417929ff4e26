package feed

import (
	"path"
	"strings"
)

// mediaRank orders attachments: audio, video, unknown; 0 for what is certainly no episode.
func mediaRank(mediaType string) int {
	kind, _, _ := strings.Cut(mediaType, "/")
	switch {
	case kind == "audio":
		return 3
	case kind == "video":
		return 2
	case mediaType == "" || mediaType == "application/octet-stream" || mediaType == "application/ogg":
		return 1
	}
	return 0
}

// mediaType returns a media type in lower case without parameters, guessed by the file's name when it is not given.
func mediaType(given, rawURL string) string {
	given, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(given)), ";")
	if given = strings.TrimSpace(given); len(given) > 64 || given != "" && !strings.Contains(given, "/") {
		given = ""
	}
	if given != "" {
		return given
	}
	rawURL, _, _ = strings.Cut(rawURL, "?")
	return fileTypes[strings.ToLower(path.Ext(rawURL))]
}

// fileTypes are the media types of the files that feeds link to. It is never changed.
var fileTypes = map[string]string{
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".ogg": "audio/ogg", ".oga": "audio/ogg",
	".opus": "audio/opus", ".wav": "audio/wav", ".flac": "audio/flac", ".mp4": "video/mp4", ".m4v": "video/mp4",
	".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".html": "text/html",
	".vtt": "text/vtt", ".srt": "application/srt", ".json": "application/json", ".txt": "text/plain", ".md": "text/markdown",
}
