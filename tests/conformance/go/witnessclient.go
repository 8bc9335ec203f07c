// Command witnessclient is a log that asks a witness for cosignatures: it makes a tree with the tlog
// package of Go's checksum database, signs it with its note package, and holds the conversation of
// C2SP tlog-witness, good and bad. It knows nothing of Proviso.
//
//	witnessclient -key SEED          prints the log's public key
//	witnessclient -key SEED URL COSIGNERKEY
//
// It prints a line for each step, and ends with 0 when the witness answered each as it must.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/ioutil"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "example.org/another-log"

// A tree in memory, as tlog wants to read it.
type tree struct {
	hashes []tlog.Hash
	size   int64
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		out = append(out, t.hashes[index])
	}
	return out, nil
}

func (t *tree) grow(to int64, story string) {
	for ; t.size < to; t.size++ {
		record := []byte(fmt.Sprintf("%s%d", story, t.size))
		hashes, err := tlog.StoredHashes(t.size, record, t)
		die(err)
		t.hashes = append(t.hashes, hashes...)
	}
}

func (t *tree) root(size int64) tlog.Hash {
	hash, err := tlog.TreeHash(size, t)
	die(err)
	return hash
}

func die(err error) {
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
}

type signer struct {
	name string
	key  ed25519.PrivateKey
}

func (s *signer) typed() []byte {
	return append([]byte{1}, s.key.Public().(ed25519.PublicKey)...)
}
func (s *signer) Name() string { return s.name }
func (s *signer) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(s.name+"\n"), s.typed()...))
	return binary.BigEndian.Uint32(sum[:4])
}
func (s *signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }
func (s *signer) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", s.name, s.KeyHash(), base64.StdEncoding.EncodeToString(s.typed()))
}

func (s *signer) checkpoint(from string, size int64, root tlog.Hash) []byte {
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", from, size, root)}, s)
	die(err)
	return signed
}

func body(old int64, proof tlog.TreeProof, checkpoint []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintf(&out, "%s\n", hash)
	}
	out.WriteByte('\n')
	out.Write(checkpoint)
	return out.Bytes()
}

type conversation struct {
	url      string
	cosigner string
}

// step sends and compares the status, and what else is certain about an answer with it.
func (c *conversation) step(what string, request []byte, status int, said string) {
	answer, err := http.Post(strings.TrimSuffix(c.url, "/")+"/add-checkpoint", "", bytes.NewReader(request))
	die(err)
	text, err := ioutil.ReadAll(answer.Body)
	die(err)
	answer.Body.Close()
	if answer.StatusCode != status {
		die(fmt.Errorf("%s: expected %d, found %d: %s", what, status, answer.StatusCode, text))
	}
	if status == 409 && (string(text) != said || answer.Header.Get("Content-Type") != "text/x.tlog.size") {
		die(fmt.Errorf("%s: expected the size %q, found %q of %s", what, said, text, answer.Header.Get("Content-Type")))
	}
	if status == 200 {
		checkpoint := request[bytes.Index(request, []byte("\n\n"))+2:]
		die(c.verify(append(append([]byte{}, checkpoint...), text...)))
	}
	fmt.Printf("ok %d %s\n", status, what)
}

func (c *conversation) verify(text []byte) error {
	parts := strings.SplitN(c.cosigner, "+", 3)
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) != 33 {
		return fmt.Errorf("no key of a cosigner: %q", c.cosigner)
	}
	_, err = note.Open(text, note.VerifierList(&verifier{parts[0], typed}))
	return err
}

type verifier struct {
	name  string
	typed []byte
}

func (v *verifier) Name() string { return v.name }
func (v *verifier) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(v.name+"\n"), v.typed...))
	return binary.BigEndian.Uint32(sum[:4])
}
func (v *verifier) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(signature))
	return ed25519.Verify(v.typed[1:], append([]byte(head), text...), signature[8:])
}

func (c *conversation) hold(s *signer) {
	log, fork := &tree{}, &tree{}
	log.grow(300, "entry ")
	fork.grow(7, "entry ")
	fork.grow(300, "other ")
	note := func(t *tree, size int64) []byte { return s.checkpoint(origin, size, t.root(size)) }
	prove := func(t *tree, from, to int64) tlog.TreeProof {
		proof, err := tlog.ProveTree(to, from, t)
		die(err)
		return proof
	}
	broken := note(log, 7)
	broken[len(broken)-10] ^= 1
	c.step("no checkpoint", []byte("old 0\n\nx"), 400, "")
	c.step("an unknown log", body(0, nil, s.checkpoint("example.org/unknown", 7, log.root(7))), 404, "")
	c.step("a broken signature", body(0, nil, broken), 403, "")
	c.step("the first", body(0, nil, note(log, 7)), 200, "")
	c.step("from nothing again", body(0, nil, note(log, 9)), 409, "7\n")
	c.step("without a proof", body(7, nil, note(log, 9)), 422, "")
	c.step("a proof of another tree", body(7, prove(log, 7, 10), note(log, 9)), 422, "")
	c.step("another tree of that size", body(7, nil, s.checkpoint(origin, 7, fork.root(6))), 422, "")
	c.step("the same again", body(7, nil, note(log, 7)), 200, "")
	for from := int64(7); from < 300; from += 41 {
		to := from + 41
		if to > 300 {
			to = 300
		}
		c.step(fmt.Sprintf("from %d to %d", from, to), body(from, prove(log, from, to), note(log, to)), 200, "")
	}
	c.step("a smaller one", body(300, nil, note(log, 299)), 400, "")
	c.step("an older one", body(7, prove(log, 7, 100), note(log, 100)), 409, "300\n")
	c.step("a fork", body(300, nil, note(fork, 300)), 422, "")
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "-key" {
		fmt.Println("usage: witnessclient -key SEED [URL COSIGNERKEY]")
		os.Exit(2)
	}
	seed := sha256.Sum256([]byte(os.Args[2]))
	s := &signer{origin, ed25519.NewKeyFromSeed(seed[:])}
	if len(os.Args) < 5 {
		fmt.Println(s.vkey())
		return
	}
	(&conversation{os.Args[3], os.Args[4]}).hold(s)
}
