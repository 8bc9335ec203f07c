// Command tlogcheck verifies a folder of a transparency log (C2SP tlog-tiles, tlog-checkpoint and
// signed-note) with the note and tlog packages of Go's checksum database, and nothing of Proviso.
//
//	tlogcheck LOGDIR VKEY
//
// It prints "OK origin=... size=... root=... entries=... proofs=..." and ends with 0, or prints
// "FAIL: ..." and ends with 1.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	hashSize   = tlog.HashSize
)

// logFolder reads the files of a log; it is the tlog.TileReader of its own tree.
type logFolder struct {
	path string
}

// c2spPath is the path of a tile in C2SP tlog-tiles: the checksum database has the height in it,
// which there is always 8.
func c2spPath(tile tlog.Tile) string {
	prefix := fmt.Sprintf("tile/%d/", tileHeight)
	return "tile/" + strings.TrimPrefix(tile.Path(), prefix)
}

func entriesPath(tile tlog.Tile) string {
	return "tile/entries/" + strings.TrimPrefix(c2spPath(tile), "tile/0/")
}

func (l logFolder) read(name string) ([]byte, error) {
	return ioutil.ReadFile(filepath.Join(l.path, filepath.FromSlash(name)))
}

func (l logFolder) Height() int { return tileHeight }

// ReadTiles may be asked for a narrower tile than the log still has: the full one will do.
func (l logFolder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		content, err := l.read(c2spPath(tile))
		if errors.Is(err, os.ErrNotExist) && tile.W < tileWidth {
			full := tile
			full.W = tileWidth
			content, err = l.read(c2spPath(full))
			if err == nil && len(content) >= tile.W*hashSize {
				content = content[:tile.W*hashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func (l logFolder) SaveTiles([]tlog.Tile, [][]byte) {}

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func (l logFolder) readCheckpoint(vkey string) (*checkpoint, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("the log's key: %v", err)
	}
	signed, err := l.read("checkpoint")
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, fmt.Errorf("checkpoint: expected three lines, found %q", opened.Text)
	}
	if lines[0] != verifier.Name() {
		return nil, fmt.Errorf("checkpoint: origin %q, key of %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return nil, fmt.Errorf("checkpoint: size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return nil, fmt.Errorf("checkpoint: root %q", lines[2])
	}
	return &checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
}

// splitBundle takes an entry bundle apart: a big-endian length of two bytes before each entry.
func splitBundle(name string, bundle []byte, want int) ([][]byte, error) {
	var entries [][]byte
	for rest := bundle; len(rest) > 0; {
		if len(rest) < 2 {
			return nil, fmt.Errorf("%s: a length is cut short", name)
		}
		length := int(binary.BigEndian.Uint16(rest))
		rest = rest[2:]
		if len(rest) < length {
			return nil, fmt.Errorf("%s: entry %d is cut short", name, len(entries))
		}
		entries = append(entries, rest[:length])
		rest = rest[length:]
	}
	if len(entries) != want {
		return nil, fmt.Errorf("%s: expected %d entries, found %d", name, want, len(entries))
	}
	return entries, nil
}

// checkEntries compares every entry with the hash that the signed root vouches for, and returns how
// many there were. Every proofStep-th entry is proven in by an inclusion proof too.
func (l logFolder) checkEntries(tree tlog.Tree) (entries, proofs int64, err error) {
	const proofStep = 97
	reader := tlog.TileHashReader(tree, l)
	for tile := (tlog.Tile{H: tileHeight}); tile.N*tileWidth < tree.N; tile.N++ {
		tile.W = tileWidth
		if left := tree.N - tile.N*tileWidth; left < tileWidth {
			tile.W = int(left)
		}
		name := entriesPath(tile)
		bundle, err := l.read(name)
		if err != nil {
			return entries, proofs, err
		}
		contents, err := splitBundle(name, bundle, tile.W)
		if err != nil {
			return entries, proofs, err
		}
		indexes := make([]int64, tile.W)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, tile.N*tileWidth+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return entries, proofs, fmt.Errorf("%s: %v", c2spPath(tile), err)
		}
		for i, content := range contents {
			index := tile.N*tileWidth + int64(i)
			hash := tlog.RecordHash(content)
			if hash != hashes[i] {
				return entries, proofs, fmt.Errorf("%s: entry %d: its hash is %v, the tree says %v", name,
					index, hash, hashes[i])
			}
			entries++
			if index%proofStep != 0 {
				continue
			}
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				return entries, proofs, fmt.Errorf("entry %d: no inclusion proof: %v", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash); err != nil {
				return entries, proofs, fmt.Errorf("entry %d: %v", index, err)
			}
			proofs++
		}
	}
	return entries, proofs, nil
}

// checkTiles reads every tile of every level that the size implies, and compares it with what the
// authenticated hashes give. Narrower partial tiles need not be there any more.
func (l logFolder) checkTiles(tree tlog.Tree) error {
	reader := tlog.TileHashReader(tree, l)
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		name := c2spPath(tile)
		found, err := l.read(name)
		width := tree.N>>(tileHeight*uint(tile.L)) - tile.N*tileWidth
		if errors.Is(err, os.ErrNotExist) && int64(tile.W) < width {
			continue
		}
		if err != nil {
			return err
		}
		expected, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(found, expected) {
			return fmt.Errorf("%s: differs from what the signed root vouches for", name)
		}
	}
	return nil
}

func check(path, vkey string) (string, error) {
	folder := logFolder{path}
	signed, err := folder.readCheckpoint(vkey)
	if err != nil {
		return "", err
	}
	var entries, proofs int64
	if signed.tree.N > 0 {
		// x/mod before 0.8 has another root for the empty tree than RFC 6962.
		if entries, proofs, err = folder.checkEntries(signed.tree); err != nil {
			return "", err
		}
		if err := folder.checkTiles(signed.tree); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("OK origin=%s size=%d root=%v entries=%d proofs=%d", signed.origin,
		signed.tree.N, signed.tree.Hash, entries, proofs), nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tlogcheck LOGDIR VKEY")
		os.Exit(2)
	}
	result, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
	fmt.Println(result)
}
