//! The stack, what it listens on, and where each request goes.
//!
//! A request without a dialog is a new call, a question (OPTIONS) or nothing of ours; one within a
//! dialog goes to it, one change at a time, because the stack leaves a second one unanswered.

use super::books::{Books, Counts};
use super::call;
use super::invite::{ALLOW, Refused};
use super::legs::Legs;
use super::people::People;
use super::phone::{self, FixedPhone, NoAddress};
use super::socket::JudgedSocket;
use super::trunk::Trunks;
use crate::clock::Clock;
use crate::config::{Sip, TrunkSettings};
use crate::live::{Directory, Hub, Switch};
use crate::meter::{Readiness, figure};
use rsipstack::EndpointBuilder;
use rsipstack::dialog::DialogId;
use rsipstack::dialog::dialog::{Dialog, DialogState};
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::platform::CancellationToken;
use rsipstack::platform::net::UdpSocket as StackSocket;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Auth, Header, Host, HostWithPort, Method, Scheme, Uri};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::Endpoint;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::tcp_listener::TcpListenerConnection;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipConnection, TransportLayer};
use rustc_hash::FxHashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;

/// Calls that may still be saying goodbye when the house closes; far above `calls_max`.
const TASKS_MAX: u32 = 1 << 20;
/// How often "any port" is looked for.
const ANY_PORT_TRIES: u32 = 16;
/// How long the last goodbyes may take, s.
const GOODBYE_S: u64 = 3;

/// Why there is no telephone.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    #[error("sip cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the sip stack cannot start: {0}")]
    Stack(#[from] rsipstack::Error),
}

/// What the room is given of the house.
#[derive(Clone, Debug)]
pub struct House {
    pub hub: Arc<Hub>,
    pub switch: Switch,
    pub directory: Arc<Directory>,
    pub readiness: Readiness,
    pub clock: Clock,
    pub legs: Arc<dyn Legs>,
    /// `None`: nobody is known again, and no number is kept.
    pub people: Option<People>,
}

/// What all calls share.
pub(super) struct Room {
    pub settings: Sip,
    pub house: House,
    pub books: Arc<Books>,
    pub dialogs: DialogLayer,
    pub closing: CancellationToken,
    pub trunks: Trunks,
    host: HostWithPort,
    is_draining: AtomicBool,
    /// Dialogs in the middle of a change.
    changing: Mutex<FxHashSet<DialogId>>,
    tasks: Arc<Semaphore>,
}

/// The telephone of a house; cheap to clone.
#[derive(Clone)]
pub struct Telephone {
    room: Arc<Room>,
    socket: Arc<JudgedSocket>,
    address: SocketAddr,
    stack: CancellationToken,
}

/// A UDP socket whose port is free for TCP too: the stack listens there a moment later, and says
/// nothing when it cannot. "Any port" is tried again where somebody else has the other half.
async fn bind(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let tries = if address.port() == 0 { ANY_PORT_TRIES } else { 1 };
    let mut last = None;
    for _ in 0..tries {
        let socket = UdpSocket::bind(address).await?;
        match std::net::TcpListener::bind(socket.local_addr()?) {
            Ok(_) => return Ok(socket),
            Err(taken) => last = Some(taken),
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into()))
}

/// Opens the telephone at `address`, over UDP and TCP.
///
/// # Errors
/// [`SipError`].
pub async fn open(
    address: SocketAddr,
    settings: &Sip,
    house: House,
) -> Result<Telephone, SipError> {
    let refused = |source| SipError::Listen { address, source };
    let socket = bind(address).await.map_err(refused)?;
    let address = socket.local_addr().map_err(refused)?;
    let (books, trunks) = (Arc::new(Books::default()), Trunks::new(settings));
    let clock = house.clock.clone();
    let socket = JudgedSocket::new(socket, settings, trunks.clone(), Arc::clone(&books), clock);
    let socket = Arc::new(socket);
    let stack = CancellationToken::new();
    let endpoint = endpoint(&socket, address, settings, &trunks, &stack).await?;
    let incoming = endpoint.incoming_transactions()?;
    let room = Arc::new(Room {
        host: host(settings, address),
        settings: settings.clone(),
        house,
        books,
        dialogs: DialogLayer::new(Arc::clone(&endpoint.inner)),
        closing: CancellationToken::new(),
        trunks,
        is_draining: AtomicBool::new(false),
        changing: Mutex::default(),
        tasks: Arc::new(Semaphore::new(usize::try_from(TASKS_MAX).unwrap_or(usize::MAX))),
    });
    tokio::spawn(async move { endpoint.serve().await });
    tokio::spawn(receive(Arc::clone(&room), incoming));
    Ok(Telephone { room, socket, address, stack })
}

async fn endpoint(
    socket: &Arc<JudgedSocket>,
    address: SocketAddr,
    settings: &Sip,
    trunks: &Trunks,
    stack: &CancellationToken,
) -> Result<Endpoint, SipError> {
    let socket: Arc<dyn StackSocket> = Arc::<JudgedSocket>::clone(socket);
    let public =
        settings.public_host.parse().ok().map(|ip: IpAddr| SocketAddr::new(ip, address.port()));
    let transports = TransportLayer::new(stack.clone());
    let known = trunks.clone();
    transports.set_whitelist(move |source: IpAddr| {
        let is_heard = known.is_heard(source);
        async move { is_heard }
    });
    let token = Some(stack.child_token());
    let udp = UdpConnection::from_socket(socket, public, token).await?;
    transports.add_transport(SipConnection::Udp(udp));
    let tcp = TcpListenerConnection::new(address, public).await?;
    transports.add_transport(SipConnection::TcpListener(tcp));
    Ok(EndpointBuilder::new()
        .with_user_agent("xinqiao")
        .with_transport_layer(transports)
        .with_cancel_token(stack.clone())
        .build())
}

/// The address others are told: the public one, or where we listen.
fn host(settings: &Sip, address: SocketAddr) -> HostWithPort {
    let public = Host::try_from(settings.public_host.as_str()).ok();
    let public = public.filter(|_| !settings.public_host.is_empty());
    let own = Host::IpAddr(SipConnection::resolve_bind_address(address).ip());
    HostWithPort { host: public.unwrap_or(own), port: Some(address.port().into()) }
}

async fn receive(room: Arc<Room>, mut incoming: TransactionReceiver) {
    while let Some(tx) = incoming.recv().await {
        let Ok(task) = Arc::clone(&room.tasks).try_acquire_owned() else { continue };
        let room = Arc::clone(&room);
        let is_within = tx.original.to_header().is_ok_and(|to| matches!(to.tag(), Ok(Some(_))));
        match tx.original.method {
            _ if is_within => within(&room, tx, task),
            Method::Invite => {
                tokio::spawn(async move {
                    call::run(room, tx).await;
                    drop(task);
                });
            }
            Method::Ack => {}
            _ => {
                tokio::spawn(answer_outside(tx));
            }
        }
    }
}

/// A request within a dialog. What it changes is noted before the next request is looked at.
fn within(room: &Arc<Room>, mut tx: Transaction, task: tokio::sync::OwnedSemaphorePermit) {
    let dialog = room.dialogs.match_dialog(&tx);
    let Some(mut dialog) = dialog else {
        if tx.original.method != Method::Ack {
            tokio::spawn(async move { tx.reply(481.into()).await });
        }
        return;
    };
    let room = Arc::clone(room);
    let id = dialog.id();
    let is_change = matches!(tx.original.method, Method::Invite | Method::Update | Method::Info);
    let is_free = matches!(dialog.state(), DialogState::Confirmed(..));
    if is_change && !(is_free && room.changing().insert(id.clone())) {
        // RFC 3261, 14.2: the one before it is not done.
        let wait = vec![Header::RetryAfter("1".into())];
        tokio::spawn(async move { tx.reply_with(500.into(), wait, None).await });
        return;
    }
    let is_answerable =
        is_free || matches!(tx.original.method, Method::Bye | Method::Ack | Method::PRack);
    tokio::spawn(async move {
        let handled = match &mut dialog {
            _ if !is_answerable => tx.reply(500.into()).await,
            Dialog::Invite(dialog) => dialog.handle(&mut tx).await,
            other => other.handle(&mut tx).await,
        };
        if handled.is_err() {
            tracing::debug!("sip.endpoint: a request within a call failed");
        }
        if is_change {
            room.changing().remove(&id);
        }
        drop(task);
    });
}

async fn answer_outside(mut tx: Transaction) {
    let allow = Header::Allow(ALLOW.into());
    let answered = match tx.original.method {
        Method::Options => {
            let accept = Header::Accept("application/sdp".into());
            let timer = Header::Supported("timer".into());
            tx.reply_with(200.into(), vec![allow, accept, timer], None).await
        }
        Method::Bye | Method::Update | Method::Info | Method::PRack => tx.reply(481.into()).await,
        _ => tx.reply_with(405.into(), vec![allow], None).await,
    };
    if answered.is_err() {
        tracing::debug!("sip.endpoint: a question could not be answered");
    }
}

impl Room {
    /// The trunk a request came from.
    pub(super) fn trunk_of(&self, tx: &Transaction) -> Option<&TrunkSettings> {
        let remote = tx.connection.as_ref()?.get_remote_addr()?.get_socketaddr().ok()?;
        self.trunks.lookup(remote.ip())
    }

    /// Whether one more call is taken; over TCP nobody has asked yet.
    pub(super) fn may_take(&self) -> Result<(), Refused> {
        let counts = self.books.counts();
        let is_full = counts.calls > self.settings.calls_max
            || counts.pending > self.settings.invites_pending_max;
        let is_closed =
            self.is_draining.load(Ordering::Relaxed) || !self.house.readiness.is_ready();
        if is_full || is_closed { Err(Refused::later(self.settings.retry_after_s)) } else { Ok(()) }
    }

    /// Where the other side finds us within a call.
    pub(super) fn contact_address(&self, code: &str) -> Uri {
        Uri {
            scheme: Some(Scheme::Sip),
            auth: Some(Auth { user: code.to_owned(), password: None }),
            host_with_port: self.host.clone(),
            ..Uri::default()
        }
    }

    /// The stack holds this dialog no longer; it would for ever.
    pub(super) fn forget(&self, dialog: &InviteDialog) {
        self.dialogs.remove_dialog(&dialog.id());
        self.show_dialogs();
    }

    pub(super) fn show_dialogs(&self) {
        figure::set_dialogs(u32::try_from(self.dialogs.len()).unwrap_or(u32::MAX));
    }

    fn changing(&self) -> MutexGuard<'_, FxHashSet<DialogId>> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Telephone {
    /// Where it listens, with the port that was free if none was named.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A counselor answers on this telephone from now on.
    ///
    /// # Errors
    /// Its address is none.
    pub fn seat_phone(&self, phone: &FixedPhone) -> Result<(), NoAddress> {
        phone::seat(&self.room, phone)
    }

    /// What is open now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { dialogs: self.room.dialogs.len(), ..self.room.books.counts() }
    }

    /// What was counted since the start.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.room.books
    }

    /// Sources that were no trunk, each once.
    #[must_use]
    pub fn strangers_count(&self) -> usize {
        self.socket.strangers_count()
    }

    /// Takes no more calls; those there are go on.
    pub fn drain(&self) {
        self.room.is_draining.store(true, Ordering::Relaxed);
    }

    /// Says goodbye to every caller and stops. Their contacts stay in the queue on disk: whoever was
    /// known can be called back.
    pub async fn close(&self) {
        self.drain();
        self.room.closing.cancel();
        let all = self.room.tasks.acquire_many(TASKS_MAX);
        let _ = tokio::time::timeout(Duration::from_secs(GOODBYE_S), all).await;
        self.stack.cancel();
    }
}
