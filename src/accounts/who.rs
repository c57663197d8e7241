//! Who a request comes from: the cookie, read once, and the header that no foreign form can send.

use super::{Accounts, Permission};
use crate::door::{Fault, Problem};
use crate::ids::AccountId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};

/// The cookie's name over TLS; browsers then keep it to this host, this path and TLS.
const SECURE_COOKIE: &str = "__Host-xinqiao";
/// The cookie's name on loopback http.
const PLAIN_COOKIE: &str = "xinqiao";

/// A signed-in account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub account: AccountId,
    pub username: String,
    pub alias: String,
    pub role: String,
    pub permissions: Vec<Permission>,
    /// SHA-256 of the session's token.
    pub session_hash: [u8; 32],
}

impl Who {
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The permissions as words.
    #[must_use]
    pub fn permission_words(&self) -> Vec<String> {
        self.permissions.iter().map(|permission| permission.as_str().to_owned()).collect()
    }

    /// # Errors
    /// [`Fault::Forbidden`] without the permission.
    pub fn need(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) { Ok(()) } else { Err(Fault::Forbidden.into()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        check_header(&parts.method, &parts.headers)?;
        let accounts = parts.extensions.get::<Accounts>().cloned().ok_or(Fault::Internal)?;
        let token = read_cookie(&parts.headers).ok_or(Fault::SignInNeeded)?;
        match accounts.recognise(&token).await {
            Ok(Some(who)) => Ok(who),
            Ok(None) => Err(Fault::SignInNeeded.into()),
            Err(error) => {
                tracing::error!(%error, "accounts.recognise failed");
                Err(Problem::retry_after(Fault::NotReady, 5))
            }
        }
    }
}

/// A change needs a header that a form on a foreign site cannot set.
///
/// # Errors
/// [`Fault::HeaderMissing`].
pub fn check_header(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let sent = headers.get("x-requested-with").map(HeaderValue::as_bytes);
    if sent == Some(b"xinqiao") { Ok(()) } else { Err(Fault::HeaderMissing.into()) }
}

fn read_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    let ours = pairs.map(|(name, value)| (name.trim(), value.trim()));
    ours.filter(|(name, _)| *name == SECURE_COOKIE || *name == PLAIN_COOKIE)
        .map(|(_, value)| value.to_owned())
        .next()
}

/// The `Set-Cookie` that carries a token, or takes it away (`None`).
#[must_use]
pub fn cookie(is_secure: bool, token: Option<&str>, lifetime_s: i64) -> Option<HeaderValue> {
    let (name, secure) = if is_secure { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
    let age = token.map_or(0, |_| lifetime_s);
    let value = token.unwrap_or("");
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    HeaderValue::from_str(&line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_over_tls_is_bound_to_this_host() {
        let set = cookie(true, Some("abc"), 60).unwrap();
        let expected = "__Host-xinqiao=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure";
        assert_eq!(set.to_str().unwrap(), expected);
        assert!(cookie(false, None, 60).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn a_change_without_the_header_is_refused_and_a_look_is_not() {
        let none = HeaderMap::new();
        assert!(check_header(&Method::GET, &none).is_ok());
        assert!(check_header(&Method::POST, &none).is_err());
        let mut ours = HeaderMap::new();
        ours.insert("x-requested-with", HeaderValue::from_static("xinqiao"));
        assert!(check_header(&Method::DELETE, &ours).is_ok());
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; xinqiao=tok; b=2"));
        assert_eq!(read_cookie(&headers).as_deref(), Some("tok"));
    }
}
