package discordtest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func (s *Server) oneMessage(r *http.Request, _ map[string]any) (int, any) {
	if p := s.places[r.PathValue("channel")]; p != nil {
		if parent := s.places[p.Parent]; p.Deny&readHistory != 0 || parent != nil && parent.Deny&readHistory != 0 {
			return refuse(403, 50013)
		}
		for _, m := range p.Messages {
			if m.ID == r.PathValue("message") {
				return 200, shown(m)
			}
		}
	}
	return refuse(404, 10008)
}

func (s *Server) threadFromMessage(r *http.Request, body map[string]any) (int, any) {
	id := r.PathValue("message")
	if s.places[id] != nil {
		return refuse(400, 160004)
	}
	name, _ := body["name"].(string)
	s.places[id] = &Place{ID: id, Type: PublicThread, Name: name, Parent: r.PathValue("channel"), Guild: Guild, Owner: Bot}
	return 201, object{"id": id}
}

func (s *Server) forumPost(r *http.Request, body map[string]any) (int, any) {
	parent := s.places[r.PathValue("channel")]
	if parent == nil || parent.Refuse != 0 {
		return refuse(403, 50013)
	}
	first, _ := body["message"].(map[string]any)
	name, _ := body["name"].(string)
	p := &Place{Type: PublicThread, Name: name, Parent: parent.ID, Guild: Guild, Owner: Bot}
	m := s.store(p, first)
	p.ID, m.Channel = m.ID, m.ID
	s.places[p.ID] = p
	return 201, object{"id": p.ID, "message": object{"id": m.ID}}
}

// active lists the threads of the guild that are not archived.
func (s *Server) active() object {
	out := []object{}
	for _, p := range s.places {
		if p.Type == PublicThread && !p.Archived {
			out = append(out, p.thread())
		}
	}
	return object{"threads": out}
}

// archived lists the archived threads of a channel, those that were archived last first. Unlike a history, it is refused
// without the permission to read.
func (s *Server) archived(r *http.Request, _ map[string]any) (int, any) {
	parent := s.places[r.PathValue("channel")]
	if parent == nil || parent.Deny&(readHistory|viewChannel) != 0 {
		return refuse(403, 50001)
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	before, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("before"))
	var all []*Place
	for _, p := range s.places {
		if p.Type == PublicThread && p.Archived && p.Parent == parent.ID && (err != nil || p.archivedAt().Before(before)) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *Place) int { return cmp.Or(b.archivedAt().Compare(a.archivedAt()), cmp.Compare(b.ID, a.ID)) })
	out := []object{}
	for _, p := range all[:min(limit, len(all))] {
		out = append(out, p.thread())
	}
	return 200, object{"threads": out, "has_more": len(all) > len(out)}
}

func (p *Place) thread() object {
	return object{
		"id": p.ID, "parent_id": p.Parent, "owner_id": p.Owner,
		"thread_metadata": object{"archived": p.Archived, "archive_timestamp": p.archivedAt().Format(time.RFC3339Nano)},
	}
}

// archivedAt is when a thread was archived: as if that was when it was made.
func (p *Place) archivedAt() time.Time {
	n, _ := strconv.ParseInt(p.ID, 10, 64)
	return time.UnixMicro((n>>22+discordEpoch)*1000 + n&0x3fffff%1000).UTC() // so that no two are the same
}

// OldThreads makes so many archived threads of somebody else in a forum.
func (s *Server) OldThreads(forum string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		id := s.newID()
		s.places[id] = &Place{ID: id, Type: PublicThread, Parent: forum, Guild: Guild, Owner: User, Archived: true}
	}
}
