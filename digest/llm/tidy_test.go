package llm

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"podbrief/store"
)

// TestTidy deletes what is of no use any more, and nothing before its day.
func TestTidy(t *testing.T) {
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &Budget{DB: db}
	now := time.Now()
	day := func(days int) string { return now.AddDate(0, 0, days).UTC().Format(time.DateOnly) + "/all/all" }
	err = b.DB.Update(t.Context(), func(tx store.Tx) error {
		for _, key := range []string{day(0), day(-89), day(-91)} {
			if err := (charge{key: key}).add(tx, Amount{Calls: 1}); err != nil {
				return err
			}
		}
		if err := (charge{key: "ever/episode/a/b"}).add(tx, Amount{Calls: 1}); err != nil {
			return err
		}
		if err := tx.Put(cacheBucket, "answer", []byte("{}")); err != nil {
			return err
		}
		return ending(tx, cacheBucket, "answer", keepAnswers)
	})
	if err != nil {
		t.Fatal(err)
	}
	speech := &Speech{DB: b.DB}
	if err := speech.keep(t.Context(), "a/1/0", []spoken{{Text: "hello"}}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		days int
		want []string
	}{
		{0, []string{"answer", "a/1/0", day(-89), day(0), "ever/episode/a/b"}},
		{15, []string{"answer", day(0), "ever/episode/a/b"}},
		{92, nil},
	} {
		if err := b.Tidy(t.Context(), now.AddDate(0, 0, step.days)); err != nil {
			t.Fatal(err)
		}
		var left []string
		err := b.DB.View(t.Context(), func(tx store.Tx) error {
			for _, bucket := range []string{cacheBucket, speechBucket, spendBucket} {
				for key := range tx.Scan(bucket, "", "") {
					left = append(left, key)
				}
			}
			return nil
		})
		if err != nil || !slices.Equal(left, step.want) {
			t.Errorf("after %d days left are %q, %v, want %q", step.days, left, err, step.want)
		}
	}
}
