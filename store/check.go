package store

func checkFile(path string, o Options) error { return nil }
