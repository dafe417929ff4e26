package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"podbrief/bot"
	"podbrief/bot/queue"
	"podbrief/digest"
	"podbrief/digest/llm"
)

// metric is one figure with its values by label; a figure without a label has the one value "".
type metric struct {
	name, kind, help string
	label            string
	values           map[string]float64
}

func gauge(name, help string, v float64) metric {
	return metric{name: name, kind: "gauge", help: help, values: map[string]float64{"": v}}
}

// by makes a metric of values by a label.
func by[K ~string, V int | float64](name, kind, help, label string, values map[K]V) metric {
	m := metric{name: name, kind: kind, help: help, label: label, values: map[string]float64{}}
	for k, v := range values {
		m.values[string(k)] = float64(v)
	}
	return m
}

// metricsPage answers with the figures of a bot, its queue, and a budget when models cost something.
func metricsPage(b *bot.Bot, q *queue.Local, budget *llm.Budget) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		m, err := b.Metrics(r.Context())
		if err != nil {
			http.Error(w, "The store cannot be read; the log says why.", http.StatusServiceUnavailable)
			b.Log.Error("metrics not read", "err", err)
			return
		}
		all := slices.Concat(botMetrics(m, now), queueMetrics(q.Stats()), workMetrics(b.Engine.Busy(), now))
		if budget != nil {
			spend, err := spendMetrics(r.Context(), budget, now)
			if err != nil {
				b.Log.Error("spend not read", "err", err)
			}
			all = append(all, spend...)
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		writeMetrics(w, all)
	}
}

// writeMetrics writes figures in the text form that Prometheus reads.
// https://prometheus.io/docs/instrumenting/exposition_formats/
func writeMetrics(w io.Writer, all []metric) {
	for _, m := range all {
		fmt.Fprintf(w, "# HELP podbrief_%s %s\n# TYPE podbrief_%[1]s %[3]s\n", m.name, m.help, m.kind)
		for _, v := range slices.Sorted(maps.Keys(m.values)) {
			label := ""
			if m.label != "" {
				label = fmt.Sprintf("{%s=%q}", m.label, strings.ToValidUTF8(v, "?"))
			}
			fmt.Fprintf(w, "podbrief_%s%s %v\n", m.name, label, m.values[v])
		}
	}
}

func botMetrics(m bot.Metrics, now time.Time) []metric {
	sent := map[string]int{"daily": 0}
	for p, n := range m.Sent {
		sent[purposeName(p)] += n
	}
	age := -1.0
	if !m.Scanned.IsZero() {
		age = now.Sub(m.Scanned).Seconds()
	}
	return []metric{
		by("messages_sent_total", "counter", "Messages that arrived since the start: daily and first briefs, those asked for, notices.", "purpose", sent),
		by("posts_failed_total", "counter", "Posts that failed since the start, by what follows from it.", "class", m.Failed),
		gauge("deliveries_open", "Deliveries that are not settled.", float64(m.Waiting)),
		gauge("deliveries_late", "Open deliveries that were due more than half an hour ago.", float64(m.Late)),
		gauge("channels", "Channels with a subscription, direct messages included.", float64(m.Channels)),
		gauge("channels_stopped", "Channels that get nothing until somebody acts.", float64(m.Stopped)),
		gauge("podcasts", "Podcasts that are scanned.", float64(m.Podcasts)),
		gauge("podcasts_unreadable", "Podcasts that could not be read the last time.", float64(m.Unreadable)),
		gauge("last_scan_age_seconds", "Seconds since a podcast was last looked at; -1: never.", age),
	}
}

func purposeName(p bot.Purpose) string {
	if p == bot.Daily {
		return "daily"
	}
	return string(p)
}

func queueMetrics(stats map[string]queue.Counts) []metric {
	depth, running, parked, failed := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for kind, c := range stats {
		depth[kind], running[kind], parked[kind], failed[kind] = c.Ready+c.Delayed, c.Running, c.Parked, c.Failed
	}
	return []metric{
		by("jobs_waiting", "gauge", "Jobs that wait, by kind.", "kind", depth),
		by("jobs_running", "gauge", "Jobs that run, by kind.", "kind", running),
		by("jobs_parked", "gauge", "Jobs that were given up, by kind.", "kind", parked),
		by("jobs_failed_total", "counter", "Runs of jobs that failed since the start, by kind.", "kind", failed),
	}
}

// workMetrics say how long work goes on, and for how long it has not said how far it is: what stands still is stuck.
func workMetrics(busy []digest.Activity, now time.Time) []metric {
	longest, still := map[string]float64{"process": 0, "listen": 0, "embed": 0}, map[string]float64{"process": 0, "listen": 0, "embed": 0}
	for _, a := range busy {
		longest[a.Work] = max(longest[a.Work], now.Sub(a.Began).Seconds())
		still[a.Work] = max(still[a.Work], now.Sub(a.Moved).Seconds())
	}
	return []metric{
		by("work_seconds", "gauge", "How long the longest piece of work goes on, by what it is: process, listen, embed.", "work", longest),
		by("work_still_seconds", "gauge", "How long ago work last said how far it is, by what it is.", "work", still),
	}
}

// spendMetrics are what models cost today, in UTC, and what is left of the day's limits.
func spendMetrics(ctx context.Context, b *llm.Budget, now time.Time) ([]metric, error) {
	sum, err := b.Spent(ctx, now)
	if err != nil {
		return nil, err
	}
	why, err := b.SwitchedOff(ctx)
	off := 0.0
	if why != "" {
		off = 1
	}
	out := []metric{
		gauge("model_calls_today", "Calls of models since midnight UTC.", float64(sum.Calls)),
		gauge("model_tokens_today", "Tokens sent to and got from models since midnight UTC.", float64(sum.Tokens)),
		gauge("model_audio_seconds_today", "Seconds of audio written down since midnight UTC.", float64(sum.Audio)),
		gauge("model_spend_dollars_today", "What models cost since midnight UTC, reservations included.", dollars(sum.Micros)),
		gauge("models_off", "1 when no model may be called.", off),
	}
	left := map[string]float64{}
	for _, l := range []struct {
		of           string
		limit, spent float64
	}{
		{"dollars", dollars(b.Day.Micros), dollars(sum.Micros)}, {"tokens", float64(b.Day.Tokens), float64(sum.Tokens)},
		{"calls", float64(b.Day.Calls), float64(sum.Calls)}, {"audio_seconds", float64(b.Day.Audio), float64(sum.Audio)},
	} {
		if l.limit > 0 {
			left[l.of] = max(0, l.limit-l.spent)
		}
	}
	return append(out, by("model_budget_left", "gauge", "What is left of the day's limits; one without a limit is not listed.", "of", left)), err
}

func dollars(micros int64) float64 { return float64(micros) / 1e6 }
