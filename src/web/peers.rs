//! Who asks: whose word is taken for where a request comes from, and who may ask at all.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies write down whom they asked for, oldest first.
const FORWARDED: &str = "x-forwarded-for";

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peers {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// Who may ask; everybody when empty.
    pub allow: Vec<IpNet>,
}

impl Peers {
    /// Whether a request that comes from `peer` with these headers may be answered.
    #[must_use]
    pub fn admit(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.allow.is_empty()
            || self.origin(peer, headers).is_some_and(|origin| contains(&self.allow, origin))
    }

    /// Where a request comes from: the address nearest to us that is no proxy of ours. `None` where a proxy
    /// of ours says something that is no address.
    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let mut origin = peer.to_canonical();
        let lines = headers.get_all(FORWARDED).iter().collect::<Vec<_>>();
        let mut steps = lines
            .into_iter()
            .rev()
            .flat_map(|line| line.to_str().unwrap_or("unreadable").rsplit(',').map(str::trim));
        while contains(&self.proxies, origin) {
            match steps.next() {
                Some(step) => origin = address(step)?,
                None => break,
            }
        }
        Some(origin)
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(proxies: &[&str], allow: &[&str]) -> Peers {
        let networks =
            |texts: &[&str]| texts.iter().map(|text| text.parse().expect("a network")).collect::<Vec<_>>();
        Peers { proxies: networks(proxies), allow: networks(allow) }
    }

    fn origin(peers: &Peers, peer: &str, lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, line.parse().expect("a header"));
        }
        peers.origin(peer.parse().expect("an address"), &headers).map(|origin| origin.to_string())
    }

    #[test]
    fn the_word_of_a_proxy_of_ours_is_taken_and_nobody_elses() {
        let peers = peers(&["10.0.0.0/8", "fd00::/8"], &[]);
        for (peer, lines, expected) in [
            ("10.1.2.3", &["203.0.113.7"][..], Some("203.0.113.7")),
            ("198.51.100.1", &["203.0.113.7"], Some("198.51.100.1")),
            // The rightmost that is no proxy of ours: what stands further left anybody can have written.
            ("10.1.2.3", &["1.1.1.1, 203.0.113.7, 10.9.9.9"], Some("203.0.113.7")),
            ("10.1.2.3", &["1.1.1.1", "203.0.113.7", "10.9.9.9"], Some("203.0.113.7")),
            ("10.1.2.3", &[], Some("10.1.2.3")),
            ("10.1.2.3", &["10.4.4.4"], Some("10.4.4.4")),
            ("::ffff:10.1.2.3", &["203.0.113.7:4711"], Some("203.0.113.7")),
            ("fd00::1", &["[2001:db8::7]:4711"], Some("2001:db8::7")),
            ("fd00::1", &["[2001:db8::7]"], Some("2001:db8::7")),
            ("10.1.2.3", &["203.0.113.7, unknown"], None),
            ("10.1.2.3", &[""], None),
        ] {
            assert_eq!(origin(&peers, peer, lines).as_deref(), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn who_is_not_on_the_list_is_not_admitted() {
        let headers = HeaderMap::new();
        let admits = |peers: &Peers, peer: &str| peers.admit(peer.parse().expect("an address"), &headers);
        assert!(admits(&peers(&[], &[]), "203.0.113.7"));
        let listed = peers(&[], &["203.0.113.0/24", "2001:db8::/32"]);
        assert!(admits(&listed, "203.0.113.7") && admits(&listed, "::ffff:203.0.113.7"));
        assert!(admits(&listed, "2001:db8::1"));
        assert!(!admits(&listed, "198.51.100.1"));
        let behind = peers(&["10.0.0.0/8"], &["203.0.113.0/24"]);
        let mut said = HeaderMap::new();
        said.append(FORWARDED, "203.0.113.7, nonsense".parse().expect("a header"));
        assert!(!behind.admit("10.0.0.1".parse().expect("an address"), &said));
    }
}
