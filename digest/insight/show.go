package insight

// Show is what earlier episodes taught about one podcast: what it repeats (ads, intros), and who its hosts are. It is
// kept as a record by the caller, one a podcast.
type Show struct{}
