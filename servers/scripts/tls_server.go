// A TLS server with Go's standard library. It echoes lines, and prints for each connection whether its
// session was resumed. Ends with its standard input.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// IANA's numbers; older versions of Go have no name for the last.
var groups = map[string]tls.CurveID{
	"X25519": tls.X25519, "secp256r1": tls.CurveP256, "secp384r1": tls.CurveP384,
	"secp521r1": tls.CurveP521, "X25519MLKEM768": 0x11ec,
}

var (
	certificate = flag.String("certificate", "", "file with the chain")
	key         = flag.String("key", "", "file with the key")
	authority   = flag.String("authority", "", "file with the authority of client certificates")
	version     = flag.Uint("version", tls.VersionTLS13, "the only TLS version")
	group       = flag.String("group", "", "the only group, by its IANA name")
	suite       = flag.String("suite", "", "the end of the only suite's name, before TLS 1.3")
	tickets     = flag.Bool("tickets", true, "whether sessions can be resumed")
	client      = flag.Int("client", int(tls.NoClientCert), "tls.ClientAuthType: which certificate clients have to send")
	list        = flag.Bool("list", false, "only list the groups")
)

func main() {
	flag.Parse()
	if *list {
		for _, group := range groups {
			fmt.Println(group)
		}
		return
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config())
	check(err)
	fmt.Println("listening on", listener.Addr())
	go serve(listener)
	io.Copy(io.Discard, os.Stdin)
}

func config() *tls.Config {
	identity, err := tls.LoadX509KeyPair(*certificate, *key)
	check(err)
	pem, err := os.ReadFile(*authority)
	check(err)
	config := &tls.Config{
		Certificates:           []tls.Certificate{identity},
		MinVersion:             uint16(*version),
		MaxVersion:             uint16(*version),
		SessionTicketsDisabled: !*tickets,
		ClientAuth:             tls.ClientAuthType(*client),
		ClientCAs:              x509.NewCertPool(),
	}
	config.ClientCAs.AppendCertsFromPEM(pem)
	if *group != "" {
		config.CurvePreferences = []tls.CurveID{groups[*group]}
	}
	for _, each := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if *suite != "" && strings.HasPrefix(each.Name, "TLS_ECDHE_") && strings.HasSuffix(each.Name, *suite) {
			config.CipherSuites = append(config.CipherSuites, each.ID)
		}
	}
	return config
}

func serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		check(err)
		go echo(connection.(*tls.Conn))
	}
}

func echo(connection *tls.Conn) {
	defer connection.Close()
	if err := connection.Handshake(); err != nil {
		fmt.Println("refused:", err)
		return
	}
	fmt.Println("resumed:", connection.ConnectionState().DidResume)
	lines := bufio.NewReader(connection)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		io.WriteString(connection, line)
	}
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
