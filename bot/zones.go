package bot

import (
	"strings"
	"time"
)

// zoneNames are offered while a zone is typed: the IANA names of the places where most people live. Every other name of
// the database is understood too.
var zoneNames = strings.Fields(`UTC
Europe/London Europe/Dublin Europe/Lisbon Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Amsterdam
Europe/Brussels Europe/Zurich Europe/Vienna Europe/Prague Europe/Warsaw Europe/Budapest Europe/Stockholm Europe/Oslo
Europe/Copenhagen Europe/Helsinki Europe/Athens Europe/Bucharest Europe/Kyiv Europe/Istanbul Europe/Moscow
America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles America/Anchorage Pacific/Honolulu
America/Toronto America/Vancouver America/Halifax America/St_Johns America/Mexico_City America/Bogota America/Lima
America/Caracas America/Santiago America/Sao_Paulo America/Buenos_Aires
Africa/Casablanca Africa/Lagos Africa/Cairo Africa/Johannesburg Africa/Nairobi
Asia/Jerusalem Asia/Beirut Asia/Riyadh Asia/Dubai Asia/Tehran Asia/Karachi Asia/Kolkata Asia/Kathmandu Asia/Dhaka
Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Singapore Asia/Kuala_Lumpur Asia/Manila Asia/Hong_Kong Asia/Shanghai
Asia/Taipei Asia/Seoul Asia/Tokyo
Australia/Perth Australia/Adelaide Australia/Brisbane Australia/Sydney Australia/Melbourne Pacific/Auckland
Pacific/Chatham Pacific/Apia Pacific/Kiritimati`)

// findZone returns the IANA name that a word means: the name itself in any case, or the city alone.
func findZone(word string) (string, bool) {
	w := strings.ReplaceAll(word, " ", "_")
	if w == "" {
		return "", false
	}
	for _, z := range zoneNames {
		_, city, _ := strings.Cut(z, "/")
		if strings.EqualFold(w, z) || strings.EqualFold(w, city) {
			return z, true
		}
	}
	if strings.EqualFold(w, "local") {
		return "", false
	}
	if _, err := time.LoadLocation(w); err != nil {
		return "", false
	}
	return w, true
}

// matching returns the choices whose label holds what was typed, those that begin with it first, at most 25.
func matching(all []Choice, typed string) []Choice {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, rest []Choice
	for _, c := range all {
		switch at := strings.Index(strings.ToLower(c.Label), typed); {
		case at == 0:
			first = append(first, c)
		case at > 0:
			rest = append(rest, c)
		}
	}
	first = append(first, rest...)
	return first[:min(len(first), 25)]
}
