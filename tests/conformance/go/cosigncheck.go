// Command cosigncheck verifies the log's signature and cosignatures on a checkpoint with the note
// package of Go's checksum database and crypto/ed25519, and nothing of Proviso.
//
//	cosigncheck CHECKPOINT LOGKEY COSIGNERKEY...
//
// It prints "OK origin=... size=... cosigned=..." and ends with 0, or prints "FAIL: ..." and ends
// with 1: also when one of the cosigners is missing.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/ioutil"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A cosigner is a note.Verifier for cosignature/v1: the time goes before the text.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(c.key, append([]byte(head), text...), signature[8:])
}

func readCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("no key: %q", vkey)
	}
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) != 33 || typed[0] != 4 {
		return nil, fmt.Errorf("no key for cosignature/v1: %q", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), typed...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, fmt.Errorf("another key id than that of the key: %q", vkey)
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), typed[1:]}, nil
}

func check(file, logKey string, cosignerKeys []string) (string, error) {
	text, err := ioutil.ReadFile(file)
	if err != nil {
		return "", err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return "", err
	}
	known := []note.Verifier{log}
	for _, vkey := range cosignerKeys {
		c, err := readCosigner(vkey)
		if err != nil {
			return "", err
		}
		known = append(known, c)
	}
	opened, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		return "", err
	}
	for _, verifier := range known {
		found := false
		for _, signature := range opened.Sigs {
			found = found || signature.Name == verifier.Name() && signature.Hash == verifier.KeyHash()
		}
		if !found {
			return "", fmt.Errorf("no signature of %s", verifier.Name())
		}
	}
	lines := strings.Split(opened.Text, "\n")
	return fmt.Sprintf("OK origin=%s size=%s cosigned=%d", lines[0], lines[1], len(cosignerKeys)), nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Println("usage: cosigncheck CHECKPOINT LOGKEY COSIGNERKEY...")
		os.Exit(2)
	}
	said, err := check(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
	fmt.Println(said)
}
