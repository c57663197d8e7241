//! Setting the scene: a hundred talks of the product, or a hundred pairs of the smallest server.

use super::scene::{End, Opened, Scene};
use super::shape::PAIRS_A_DESK;
use crate::wire_client::WireError;
use crate::wire_client::desk::Desk;
use crate::wire_client::door::Door;
use crate::wire_client::frames::{DeskHears, DeskSays, HeardOffer, SeekerHears};
use crate::wire_client::seeker::{Knock, Ticket, attach, knock};
use crate::wire_client::socket::Socket;
use anyhow::{Context, bail};
use futures_util::future::try_join_all;
use std::rc::Rc;
use std::time::Duration;

/// Counselors of the demonstration and the chats each takes: 100 pairs.
pub const DESKS: u32 = 20;
pub const CHATS_A_DESK: usize = 5;

/// Setting the scene may take this long; beyond it something is stuck.
const SETTING_LIMIT_S: u64 = 120;

/// Seekers knocking at one time while the scene is set.
const KNOCKING_AT_ONCE: usize = 16;

/// The scene and, for the product, the seekers' tickets to read histories with.
pub struct Stand {
    pub scene: Rc<Scene>,
    pub tickets: Vec<Ticket>,
}

/// 100 talks through the product's whole path: sign-in, queue, offer, accept.
pub async fn product(door: &Door) -> anyhow::Result<Stand> {
    let setting = async {
        let desks = try_join_all((1..=DESKS).map(|number| open_desk(door, number))).await?;
        let pairs = desks.len() * CHATS_A_DESK;
        let tickets = knock_all(door, pairs).await?;
        let (desks, seekers) = tokio::try_join!(
            try_join_all(desks.into_iter().map(fill_desk)),
            try_join_all(tickets.iter().map(|ticket| sit_down(door, ticket))),
        )?;
        let scene = Scene::open(desks.into_iter().chain(seekers).collect())?;
        Ok(Stand { scene, tickets })
    };
    let limit = Duration::from_secs(SETTING_LIMIT_S);
    tokio::time::timeout(limit, setting).await.context("100 talks were not set up in time")?
}

/// 100 pairs of the smallest server.
pub async fn shape(door: &Door) -> anyhow::Result<Stand> {
    let desks = i64::from(DESKS);
    let mut opened = Vec::new();
    for desk in 0..desks {
        let cookie = format!("desk={desk}");
        let socket = Socket::open(door, "/api/v1/console/socket", &[("cookie", &cookie)]).await?;
        let first = desk * PAIRS_A_DESK;
        let contacts = (first..first + PAIRS_A_DESK).map(|talk| talk.to_string()).collect();
        opened.push(Opened { socket, end: End::Desk, contacts });
    }
    for talk in 0..desks * PAIRS_A_DESK {
        let ticket = Ticket { contact_id: talk.to_string(), token: String::new() };
        let socket = attach(door, &ticket, 0).await?;
        opened.push(Opened { socket, end: End::Seeker, contacts: vec![ticket.contact_id] });
    }
    Ok(Stand { scene: Scene::open(opened)?, tickets: Vec::new() })
}

/// `count` contacts, knocked for by a few seekers at a time.
pub async fn knock_all(door: &Door, count: usize) -> anyhow::Result<Vec<Ticket>> {
    let knockers = KNOCKING_AT_ONCE.min(count);
    let shares = (0..knockers).map(|knocker| {
        let share = (count + knockers - 1 - knocker) / knockers;
        async move {
            let mut caller = door.caller();
            let mut tickets = Vec::new();
            let wish = Knock { line: "12355", channel: "chat", screening: None, simulated: true };
            for _ in 0..share {
                tickets.push(knock(&mut caller, &wish).await?);
            }
            Ok::<_, WireError>(tickets)
        }
    });
    Ok(try_join_all(shares).await?.into_iter().flatten().collect())
}

async fn open_desk(door: &Door, number: u32) -> anyhow::Result<Socket> {
    let desk = Desk::sign_in(door, &format!("demo{number}"), "xinqiao-demo").await;
    let desk = desk.with_context(|| format!("sign in as demo{number}"))?;
    let mut socket = desk.console().await.context("open the console's socket")?;
    socket.say(&DeskSays::Presence { presence: "available" }).await?;
    Ok(socket)
}

/// Accepts what is offered until the desk is full.
async fn fill_desk(mut socket: Socket) -> anyhow::Result<Opened> {
    let mut contacts = Vec::new();
    while contacts.len() < CHATS_A_DESK {
        let frame = socket.hear().await?;
        let heard: DeskHears<'_> = serde_json::from_str(&frame)?;
        let rings = heard.offer.as_ref().map(|HeardOffer { offer_id, .. }| offer_id);
        match (&*heard.kind, rings.or(heard.offer_id.as_ref())) {
            ("offer" | "welcome", Some(offer_id)) => {
                socket.say(&DeskSays::Accept { offer_id }).await?;
            }
            ("assigned", _) => {
                contacts.extend(heard.contact.map(|contact| contact.contact_id.to_string()));
            }
            ("bye", _) => {
                bail!("a console was sent away: {}", &*heard.reason.unwrap_or_default())
            }
            ("error", _) => {
                bail!("a console was refused: {}", &*heard.code.unwrap_or_default())
            }
            _ => {}
        }
    }
    Ok(Opened { socket, end: End::Desk, contacts })
}

/// Waits in the queue until a counselor is there.
async fn sit_down(door: &Door, ticket: &Ticket) -> anyhow::Result<Opened> {
    let mut socket = attach(door, ticket, 0).await?;
    loop {
        let frame = socket.hear().await?;
        let heard: SeekerHears<'_> = serde_json::from_str(&frame)?;
        match &*heard.kind {
            "connected" => break,
            "welcome" | "state" if heard.state.as_deref() == Some("connected") => break,
            "bye" | "error" => bail!("a seeker was refused: {frame}"),
            _ => {}
        }
    }
    Ok(Opened { socket, end: End::Seeker, contacts: vec![ticket.contact_id.clone()] })
}
