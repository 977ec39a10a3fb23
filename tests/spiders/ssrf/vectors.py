"""Addresses that must never be asked, each with what is odd about it, and addresses that must pass.

``{port}`` is that of the one allowed server, 127.0.0.1: the right port on a wrong host is the likeliest slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_WRITTEN = """
http://127.0.0.1/  loopback on a port that nobody allowed
http://127.0.0.2:{port}/  another loopback address on the allowed port
http://127.255.255.254:{port}/  last loopback address
http://127.1:{port}/  short
http://127.0.1:{port}/  three parts
http://2130706433:{port}/  decimal
http://0x7f000001:{port}/  hexadecimal
http://0x7F000001:{port}/  hexadecimal, capitals
http://0x0000000000007f000001:{port}/  hexadecimal, long
http://0x7f.0.0.1:{port}/  hexadecimal part
http://0x7f.1:{port}/  hexadecimal, short
http://127.0x1:{port}/  mixed, short
http://0177.0.0.1:{port}/  octal part
http://0177.1:{port}/  octal, short
http://00000177.0.0.1:{port}/  octal, long
http://017700000001:{port}/  octal
http://127.0.0.01:{port}/  leading zero
http://00127.0.0.1:{port}/  leading zeros
http://127.0.0.1.:{port}/  trailing dot
http://127.0.0.1..:{port}/  two trailing dots
http://１２７.0.0.1:{port}/  full-width digits
http://①②⑦.0.0.1:{port}/  circled digits
http://127。0。0。1:{port}/  ideographic full stops
http://127．0．0．1:{port}/  full-width full stops
http://127｡0｡0｡1:{port}/  half-width full stops
http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:{port}/  mathematical digits
http://%31%32%37.0.0.1:{port}/  percent-encoded
http://127%2e0%2e0%2e1:{port}/  percent-encoded dots
http://%5b::1%5d:{port}/  percent-encoded brackets
http://0.0.0.0:{port}/  this host
http://0:{port}/  this host, short
http://0.0.0.1/  this network
http://[::]:{port}/  this host, version 6
http://[::1]/  loopback, version 6
http://[::1]:{port}/  loopback, version 6, on the allowed port
http://[0:0:0:0:0:0:0:1]:{port}/  loopback, written out
http://[0000:0000:0000:0000:0000:0000:0000:0001]:{port}/  loopback, written out in full
http://[::ffff:127.0.0.1]:{port}/  mapped
http://[::ffff:7f00:1]:{port}/  mapped, hexadecimal
http://[::ffff:169.254.169.254]/  mapped metadata service
http://[::ffff:0:127.0.0.1]:{port}/  translated
http://[::127.0.0.1]:{port}/  compatible
http://[::2]/  beside loopback
http://[2002:7f00:1::]/  6to4 of loopback
http://[2002:a9fe:a9fe::]/  6to4 of the metadata service
http://[2002:c0a8:101::1]/  6to4 of a private address
http://[2001:0:7f00:1::]/  Teredo
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/  Teredo with a client
http://[64:ff9b::7f00:1]/  NAT64
http://[64:ff9b::169.254.169.254]/  NAT64 of the metadata service
http://[64:ff9b:1::1]/  local NAT64
http://[64:ff9b:1:fffe::a9fe:a9fe]/  local NAT64 of the metadata service
http://[100::1]/  discard
http://[1::1]/  before the public space
http://[4000::1]/  behind the public space
http://[2001:2::1]/  benchmarking, version 6
http://[2001:10::1]/  ORCHID
http://[2001:20::1]/  ORCHID of the second kind
http://[2620:4f:8000::1]/  AS112, version 6
http://[fc00::1]/  unique local
http://[fd00:ec2::254]/  metadata service of AWS, version 6
http://[fd00:ec2::253]/  name service of AWS, version 6
http://[fd20:ce::254]/  metadata service of Google, version 6
http://[fe80::1]/  link-local
http://[fe80::a9fe:a9fe]/  link-local metadata service
http://[fe80::1%25eth0]/  link-local with zone
http://[fe80::1%eth0]/  zone, unescaped
http://[::1%25lo]:{port}/  loopback with zone
http://[fec0::1]/  site-local
http://[ff02::1]/  multicast, version 6
http://[ff05::1:3]/  multicast, site
http://[2001:db8::1]/  documentation, version 6
http://[3fff::1]/  documentation, new block
http://[5f00::1]/  segment routing
http://[v1.x]/  address of a version to come
http://[127.0.0.1]:{port}/  version 4 in brackets
http://[::1]village.org/  name behind brackets
http://[::1].village.org/  label behind brackets
http://::1/  without brackets
http://[::1/  one bracket
http://169.254.169.254/latest/meta-data/  metadata service
http://169.254.169.254:80/  metadata service with its port
https://169.254.169.254/  metadata service over TLS
http://2852039166/  metadata service, decimal
http://0xa9fea9fe/  metadata service, hexadecimal
http://0xa9.0xfe.0xa9.0xfe/  metadata service, hexadecimal parts
http://0251.0376.0251.0376/  metadata service, octal
http://169.0xfe.0251.254/  metadata service, mixed
http://169.16689662/  metadata service in two parts
http://169.254.43518/  metadata service in three parts
http://425.510.425.510/  metadata service, overflown
http://7147006462/  metadata service, overflown decimal
http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/  metadata service, circled
http://169.254.170.2/  metadata service of containers
http://169.254.0.23/  metadata service of Tencent
http://100.100.100.200/  metadata service of Alibaba
http://168.63.129.16/  metadata service of Azure in public space
http://192.0.0.192/  metadata service of Oracle
http://10.0.0.1/  private A
http://10.255.255.255/  private A, end
http://167772161/  private A, decimal
http://012.0.0.1/  private A, octal
http://172.16.0.1/  private B
http://172.31.255.255/  private B, end
http://192.168.1.1/  private C
http://3232235777/  private C, decimal
http://0xc0a80101/  private C, hexadecimal
http://100.64.0.1/  carrier-grade NAT
http://100.127.255.255/  carrier-grade NAT, end
http://192.31.196.1/  AS112
http://192.52.193.1/  automatic tunnels
http://192.88.99.1/  relay of 6to4
http://192.175.48.1/  AS112 by delegation
http://198.18.0.1/  benchmarking
http://198.19.255.255/  benchmarking, end
http://192.0.2.1/  documentation
http://198.51.100.7/  documentation, second block
http://203.0.113.9/  documentation, third block
http://224.0.0.1/  multicast
http://239.255.255.250/  multicast of home networks
http://240.0.0.1/  future use
http://255.255.255.255/  broadcast
http://256.256.256.256/  no address at all
http://localhost/  local name
http://localhost:{port}/  local name on the allowed port
http://LOCALHOST:{port}/  local name, capitals
http://localhost.:{port}/  local name, trailing dot
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/  local name, circled
http://local%68ost:{port}/  local name, percent-encoded
http://a.localhost:{port}/  below the local name
http://localhost.localdomain:{port}/  local name of old
http://ip6-localhost:{port}/  local name, version 6
http://printer.local/  multicast DNS
http://router.lan/  home router
http://nas.home/  home
http://wiki.corp/  company
http://wiki.intranet/  intranet
http://db.private/  private name
http://metadata.google.internal/  metadata service of Google by name
http://instance-data.ec2.internal/  metadata service of AWS by name
http://host.docker.internal/  machine of a container
http://kubernetes.default.svc.cluster.local/  cluster
http://metadata/  dotless metadata
http://wiki/  dotless name
http://box.home.arpa/  home network
http://1.0.0.127.in-addr.arpa/  reverse name
http://hidden.onion/  onion
http://site.alt/  other name system
http://site.test/  test name
http://site.invalid/  invalid name
http://village.example.com./  name with trailing dot
http://village..example.com/  empty label
http://-village.example.com/  hyphen first
http://village.123/  number as the last label
http://user@village.example.com/  user name
http://@127.0.0.2:{port}/  empty user name
http://user:word@127.0.0.1:{port}/  user name and password
http://127.0.0.1:{port}@village.example.com/  an address as user name
http://village.example.com@127.0.0.1:{port}/  a name as user name
http://village.org@a@10.0.0.1/  two user names
http://127.0.0.1:{port}\\@village.example.com/  backslash
http://village.org\\@10.0.0.1/  backslash before a user name
http:\\\\127.0.0.2:{port}\\  backslashes
http:/\\10.0.0.1/  slash and backslash
http://127.0.0.2:{port}#@village.example.com/  fragment
http://10.0.0.1?@village.org/  query
http://village.example.com:22/  secure shell
http://village.example.com:25/  mail
http://village.example.com:2375/  containers
http://village.example.com:5432/  database
http://village.example.com:6379/  another database
http://village.example.com:8080/  any other port
http://village.example.com:0/  port nought
https://village.example.com:80443/  port beyond the last
http://village.example.com:-1/  port below the first
http://village.example.com:8a/  port with a letter
ftp://village.example.com/  file transfer
sftp://village.example.com/  secure file transfer
ldap://10.0.0.1/  directory
dict://127.0.0.1:{port}/  dictionary
file:///etc/hostname  file
gopher://127.0.0.1:{port}/  gopher
ws://10.0.0.1/  web socket
jar:http://10.0.0.1/x!/  packed
view-source:http://10.0.0.1/  source
blob:http://10.0.0.1/1  blob
data:text/html,hello  data
javascript:alert(1)  script
unix:/run/docker.sock  socket
about:blank  about
//127.0.0.2:{port}/  no scheme
http:127.0.0.2:{port}/  no slashes
http:/10.0.0.1/  one slash
http:///127.0.0.2:{port}/  three slashes
http://zoom.us/j/5551112222  meeting host
http://us02web.zoom.us/  meeting host, below
https://ZOOM.US:443/j/5551112222  meeting host, capitals
https://zoom.us./j/5551112222  meeting host, trailing dot
https://zoom。us/j/5551112222  meeting host, ideographic full stop
https://ｚｏｏｍ.us/j/5551112222  meeting host, full-width
https://z%6fom.us/j/5551112222  meeting host, percent-encoded
https://teams.microsoft.com/l/meetup-join/x  meeting host of Teams
https://meet.google.com/abc-defg-hij  meeting host of Google
https://meet.jit.si/VillageHall  meeting host of Jitsi
https://village.webex.com/meet/clerk  meeting host of Webex
""".strip()

_UNPRINTABLE = {
    "tab in the host": "http://10.0\t.0.1/",
    "line end in the scheme": "ht\ntp://10.0.0.1/",
    "line end in the host": "http://10.0.0\n.1/",
    "return before the path": "http://10.0.0.1\r/",
    "NUL behind the host": "http://10.0.0.1\0.village.org/",
    "space in the host": "http://10.0.0.1 .village.org/",
    "ideographic space in the host": "http://10.0.0.1\u3000/",
    "soft hyphen in the local name": "http://local\u00adhost:{port}/",
    "nothing between two digits": "http://127.0.0\u200b.1:{port}/",
    "words that join": "http://127.0.0.1\u2060:{port}/",
    "writing direction": "http://\u202e127.0.0.1:{port}/",
}

VECTORS: Mapping[str, str] = {
    **dict(reversed(line.rsplit("  ", 1)) for line in _WRITTEN.splitlines()),
    **_UNPRINTABLE,
}

POISONED: Mapping[str, Sequence[str]] = {
    "loop.example.com": ["127.0.0.1"],
    "loop6.example.com": ["::1"],
    "private.example.com": ["192.168.0.10"],
    "metadata.example.com": ["169.254.169.254"],
    "mapped.example.com": ["::ffff:10.0.0.1"],
    "sixtofour.example.com": ["2002:a00:1::1"],
    "nat64.example.com": ["64:ff9b::a00:1"],
    "teredo.example.com": ["2001:0:a00:1::"],
    "scoped.example.com": ["fe80::1%eth0"],
    "unspecified.example.com": ["0.0.0.0"],
    "unique.example.com": ["fd00:ec2::254"],
    "shared.example.com": ["100.100.100.200"],
    "10.0.0.1.nip.io": ["10.0.0.1"],
    "mixed.example.com": ["93.184.215.14", "10.0.0.1"],
    "mixed6.example.com": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fd00::1"],
}
"""Names that look innocent until they are looked up, and what they answer."""

GOOD = (
    "http://village.org/",
    "https://www.village.co.uk/minutes?page=2",
    "https://village.org:443/",
    "http://village.org:80/a%20b",
    "https://xn--drfli-jua.ch/",
    "https://dörfli.ch/",
    "HTTPS://Village.ORG/",
    "http://93.184.215.14/",
    "https://93.184.215.14:443/minutes",
    "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "https://a_b.village.org/",
    "https://1and1.village.org/#agenda",
    "https://village.org/?next=http://127.0.0.1/",
    "https://village.org/localhost/10.0.0.1",
    "https://local.village.org/",
    "https://localhost.village.org/",
    "https://10-0-0-1.village.org/",
    "https://metadata.village.org/latest/meta-data/",
    "https://zoom-us.village.org/",
    "https://village.org/zoom.us/j/5551112222",
    "https://village.museum/",
    "https://village.xn--p1ai/",
)
"""What must pass the address rules as it is written."""
