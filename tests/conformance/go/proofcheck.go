// Command proofcheck verifies a proof of one log entry (C2SP tlog-proof) with the note and tlog
// packages of Go's checksum database, and nothing of Proviso.
//
//	proofcheck PROOF ENTRY VKEY
//
// ENTRY is a file with the entry's bytes. It prints "OK origin=... index=... size=... root=..." and
// ends with 0, or prints "FAIL: ..." and ends with 1.
package main

import (
	"bytes"
	"fmt"
	"io/ioutil"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const header = "c2sp.org/tlog-proof@v1"

type proof struct {
	index      int64
	path       tlog.RecordProof
	checkpoint []byte
}

func readProof(text []byte) (*proof, error) {
	end := bytes.Index(text, []byte("\n\n"))
	if end < 0 {
		return nil, fmt.Errorf("no empty line before the checkpoint")
	}
	lines := strings.Split(string(text[:end]), "\n")
	if lines[0] != header {
		return nil, fmt.Errorf("header: expected %q, found %q", header, lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return nil, fmt.Errorf("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	read := &proof{index: index, checkpoint: text[end+2:]}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		read.path = append(read.path, hash)
	}
	return read, nil
}

func check(proofFile, entryFile, vkey string) (string, error) {
	text, err := ioutil.ReadFile(proofFile)
	if err != nil {
		return "", err
	}
	entry, err := ioutil.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", fmt.Errorf("the log's key: %v", err)
	}
	read, err := readProof(text)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(read.checkpoint, note.VerifierList(verifier))
	if err != nil {
		return "", fmt.Errorf("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return "", fmt.Errorf("checkpoint: found %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return "", err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return "", err
	}
	err = tlog.CheckRecord(read.path, size, root, read.index, tlog.RecordHash(entry))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("origin=%s index=%d size=%d root=%v", lines[0], read.index, size, root), nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Println("FAIL: usage: proofcheck PROOF ENTRY VKEY")
		os.Exit(1)
	}
	found, err := check(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
	fmt.Println("OK", found)
}
