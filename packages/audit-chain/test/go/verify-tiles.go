// Verifies a tiled transparency log with the stock packages golang.org/x/mod/sumdb/note and tlog:
//
//	verify-tiles DIRECTORY VKEY [OLDER-CHECKPOINT...]
//
// The checkpoint's signature, every entry's inclusion, and that each older checkpoint is a beginning of the tree.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type tree struct {
	size int64
	root tlog.Hash
}

// directory reads tiles as a client of a static log does; C2SP leaves the tile's height out of its path.
type directory string

func (d directory) Height() int { return height }

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(d), path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// entries reads the bundle of a level 0 tile.
func (d directory) entries(tile tlog.Tile) [][]byte {
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	bytes, err := os.ReadFile(filepath.Join(string(d), path))
	check(err)
	var entries [][]byte
	for len(bytes) > 0 {
		length := int(binary.BigEndian.Uint16(bytes))
		entries = append(entries, bytes[2:2+length])
		bytes = bytes[2+length:]
	}
	return entries
}

func openCheckpoint(path string, verifier note.Verifier) tree {
	text, err := os.ReadFile(path)
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("the origin is %q", lines[0])
	}
	var size int64
	_, err = fmt.Sscanf(lines[1], "%d", &size)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tree{size, root}
}

func main() {
	log.SetFlags(0)
	d := directory(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	newest := openCheckpoint(filepath.Join(string(d), "checkpoint"), verifier)
	reader := tlog.TileHashReader(tlog.Tree{N: newest.size, Hash: newest.root}, d)

	seen := int64(0)
	for n := int64(0); n<<height < newest.size; n++ {
		width := newest.size - n<<height
		if width > 1<<height {
			width = 1 << height
		}
		entries := d.entries(tlog.Tile{H: height, L: 0, N: n, W: int(width)})
		if int64(len(entries)) != width {
			log.Fatalf("bundle %d has %d entries", n, len(entries))
		}
		for _, entry := range entries {
			proof, err := tlog.ProveRecord(newest.size, seen, reader)
			check(err)
			check(tlog.CheckRecord(proof, newest.size, newest.root, seen, tlog.RecordHash(entry)))
			seen++
		}
	}
	for _, path := range os.Args[3:] {
		older := openCheckpoint(path, verifier)
		proof, err := tlog.ProveTree(newest.size, older.size, reader)
		check(err)
		check(tlog.CheckTree(proof, newest.size, newest.root, older.size, older.root))
	}
	fmt.Printf("%d entries included, %d older checkpoints consistent\n", seen, len(os.Args)-3)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
