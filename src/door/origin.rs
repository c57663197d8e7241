//! Who knocks from where: the source address behind a trusted proxy, and the browser's origin.

use crate::config::Network;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// The address a request came from. Held for limits only; it has no `Display`, so it reaches no log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

/// A connection's place among `connections_max`; a request extension. A socket keeps it after the
/// upgrade, else open websockets would not count.
#[derive(Clone, Debug)]
pub struct Berth(#[expect(dead_code, reason = "held, never read")] Arc<OwnedSemaphorePermit>);

impl Berth {
    #[must_use]
    pub fn new(permit: OwnedSemaphorePermit) -> Self {
        Self(Arc::new(permit))
    }
}

/// Which proxies in front of us are believed about the source; a request extension.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Arc<[Network]>);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let trusted = parts.extensions.get::<TrustedProxies>().cloned().unwrap_or_default();
        Ok(Self(source_behind(&trusted.0, peer.to_canonical(), &parts.headers)))
    }
}

/// The last address in `X-Forwarded-For` that no trusted proxy owns; the peer itself if it is no proxy.
fn source_behind(trusted: &[Network], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let hops: Vec<IpAddr> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|hop| hop.trim().parse::<IpAddr>().ok())
        .collect();
    hops.into_iter().rev().find(|hop| !is_trusted(*hop)).unwrap_or(peer)
}

/// Whether a browser on another site speaks: `true` if there is no `Origin` (no browser), if it is our
/// own host, or one of `sites`.
#[must_use]
pub fn is_welcome(headers: &HeaderMap, sites: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if sites.iter().any(|site| site == origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, host)| host);
    own.is_some() && own == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_foreign_site_is_not_welcome_but_its_own_page_and_a_listed_one_are() {
        let own = headers(&[("host", "xinqiao.example"), ("origin", "https://xinqiao.example")]);
        assert!(is_welcome(&own, &[]));
        let foreign = headers(&[("host", "xinqiao.example"), ("origin", "https://evil.example")]);
        assert!(!is_welcome(&foreign, &[]));
        assert!(is_welcome(&foreign, &["https://evil.example".to_owned()]));
        assert!(!is_welcome(&headers(&[("host", "x"), ("origin", "null")]), &[]));
    }

    #[test]
    fn a_source_cannot_be_forged_past_the_proxy() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        let forged = headers(&[("x-forwarded-for", "1.1.1.1, 203.0.113.5")]);
        assert_eq!(
            source_behind(&trusted, proxy, &forged),
            "203.0.113.5".parse::<IpAddr>().unwrap()
        );
        let stranger: IpAddr = "198.51.100.2".parse().unwrap();
        assert_eq!(source_behind(&trusted, stranger, &forged), stranger);
    }
}
