package main

import "io"

func references(out io.Writer, o options) error { return nil }
