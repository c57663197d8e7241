//! Changes within a call: hold and resume, a new address, a refreshed timer (RFC 3264, 3311, 4028).

use super::{Call, Sign};
use crate::sip::invite::{self, Refused};
use crate::sip::sdp::{self, Agreed, write};
use crate::sip::timer::Refresher;
use rsipstack::dialog::dialog::TransactionHandle;
use rsipstack::sip::{Header, Method, Request, Response};

impl Call {
    /// A re-INVITE or UPDATE of the other side.
    pub(super) async fn on_change(&mut self, request: &Request, handle: &TransactionHandle) {
        let answered = match self.change(request) {
            Ok((headers, body)) => handle.respond(200.into(), Some(headers), body).await,
            Err(refused) => {
                handle.respond(refused.status.into(), Some(refused.headers), None).await
            }
        };
        if answered.is_err() {
            tracing::debug!(contact.id = %self.contact, "sip.call: a change was withdrawn");
        }
    }

    /// The answer to it. Refused, the call goes on as it was.
    fn change(&mut self, request: &Request) -> Result<(Vec<Header>, Option<Vec<u8>>), Refused> {
        invite::check_required(request)?;
        let offer = invite::read_body(request)?;
        let agreed = offer.as_ref().map(Agreed::on).transpose();
        let agreed = agreed.map_err(|_| Refused::with(488))?;
        let timer = invite::agree_timer(request, &self.room.settings)?;
        self.timer = timer.or(self.timer);
        self.wind();
        let body = match (offer, agreed) {
            (Some(offer), Some(agreed)) => {
                if self.agreed != Some(agreed) {
                    self.ours.version = self.ours.version.saturating_add(1);
                }
                self.aim(agreed);
                Some(write::answer(&self.ours, &offer, &agreed))
            }
            _ if request.method == Method::Invite => {
                self.awaits_answer = true;
                Some(self.offer())
            }
            // An UPDATE without a description refreshes and changes nothing.
            _ => None,
        };
        let mut headers = self.session_headers(Refresher::Them);
        if body.is_none() {
            headers.retain(|header| !matches!(header, Header::ContentType(_)));
        }
        Ok((headers, body))
    }

    /// Our turn to refresh: a re-INVITE that says what was agreed already. Its failure shows that the
    /// other side is gone.
    pub(super) fn refresh(&mut self) {
        if self.check.is_some() {
            return;
        }
        let dialog = self.dialog.clone();
        let (headers, body) = (self.session_headers(Refresher::Us), self.offer());
        self.check = Some(Box::pin(async move {
            match dialog.reinvite(Some(headers), Some(body)).await {
                Ok(Some(answer)) => Sign::of(&answer),
                Ok(None) => Sign::There,
                Err(_) => Sign::Gone,
            }
        }));
    }
}

impl Sign {
    /// Anything but "no such call" and "no answer" is a sign of life; a description may say more.
    pub(super) fn of(answer: &Response) -> Self {
        match answer.status_code.code() {
            408 | 481 => Self::Gone,
            200 => {
                let offer = sdp::read(&answer.body).ok();
                offer.and_then(|offer| Agreed::on(&offer).ok()).map_or(Self::There, Self::Agrees)
            }
            _ => Self::There,
        }
    }
}

/// The key in an INFO, as old gateways send it: `Signal=1`, or the key alone.
pub(super) fn key_in(request: &Request) -> Option<char> {
    let text = std::str::from_utf8(request.body.get(..request.body.len().min(256))?).ok()?;
    let said = text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case("signal").then(|| value.trim())
    });
    let mut keys = said.unwrap_or(text.trim()).chars();
    keys.next().filter(|key| keys.next().is_none() && "0123456789*#".contains(*key))
}
