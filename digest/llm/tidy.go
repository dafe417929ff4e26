package llm

import (
	"context"
	"fmt"
	"strings"
	"time"

	"podbrief/store"
)

// How long records are of use.
const (
	keepAnswers = 90 * 24 * time.Hour // an episode is hardly read again after it
	keepParts   = 14 * 24 * time.Hour // a hearing that a day's limit cut off goes on the next day
	keepSpend   = 90 * 24 * time.Hour
)

// endBucket says when records are of no use any more:
//
//	llm-end   <day>/<bucket>/<key>   "1"   delete that record after the day
const endBucket = "llm-end"

// mostTidied bounds one transaction of Tidy; the rest is deleted the next day.
const mostTidied = 20_000

// ending notes that a record is of use for so long.
func ending(tx store.Tx, bucket, key string, life time.Duration) error {
	return tx.Put(endBucket, time.Now().Add(life).UTC().Format(time.DateOnly)+"/"+bucket+"/"+key, []byte("1"))
}

// Tidy deletes cached answers, parts of transcripts and sums of spend that are of no use any more at a time.
func (b *Budget) Tidy(ctx context.Context, now time.Time) error {
	err := b.DB.Update(ctx, func(tx store.Tx) error {
		left := mostTidied
		for key := range tx.Scan(endBucket, "", now.UTC().Format(time.DateOnly)) {
			if left--; left < 0 {
				return nil
			}
			of := strings.SplitN(key, "/", 3)
			if err := tx.Delete(of[1], of[2]); err != nil {
				return err
			}
			if err := tx.Delete(endBucket, key); err != nil {
				return err
			}
		}
		for key := range tx.Scan(spendBucket, "", now.Add(-keepSpend).UTC().Format(time.DateOnly)) { // "ever" comes after all days
			if err := tx.Delete(spendBucket, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tidy what models left: %w", err)
	}
	return nil
}
