package discord

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// hello begins the heartbeats.
func (g *guard) hello(data []byte) error {
	var d struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if err := json.Unmarshal(data, &d); err != nil || d.Interval <= 0 || d.Interval > time.Hour.Milliseconds() {
		return fmt.Errorf("the gateway wants a heartbeat every %d ms", d.Interval)
	}
	g.greeted = true
	go g.beat(time.Duration(d.Interval) * time.Millisecond)
	return nil
}

// beat sends heartbeats until the connection ends, and ends it when one is not acknowledged within a quarter of the interval.
// The first one comes after a random part of it, so that not all bots of the world beat together after an outage.
// https://discord.com/developers/docs/events/gateway#sending-heartbeats
func (g *guard) beat(every time.Duration) {
	timer := time.NewTimer(rand.N(every))
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-g.ctx.Done():
			return
		}
		select {
		case <-g.acked: // one that was asked for
		default:
		}
		sent := time.Now()
		if g.heartbeat() != nil {
			return
		}
		timer.Reset(every / 4)
		select {
		case <-g.acked:
		case <-timer.C:
			g.end(errSilent)
			return
		case <-g.ctx.Done():
			return
		}
		timer.Reset(every - time.Since(sent))
	}
}

// heartbeat sends one heartbeat, with the number of the last event.
func (g *guard) heartbeat() error {
	g.mu.Lock()
	d := json.RawMessage("null")
	if g.session.seq > 0 {
		d = fmt.Appendf(nil, "%d", g.session.seq)
	}
	g.mu.Unlock()
	return g.send(frame{kind: textFrame, payload: fmt.Appendf(nil, `{"op":1,"d":%s}`, d)})
}
