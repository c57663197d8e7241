//! The telephone: the real stack on a real socket, with rude callers written by hand and polite ones
//! played by sipp. After every story nothing is left: no call, no leg, no seat, no dialog.

#![cfg(test)]

mod house;
mod line;
#[expect(dead_code, reason = "each suite uses its own part")]
#[path = "../support/house.rs"]
mod process;

mod audio;
mod calls;
mod changes;
mod refusals;
mod server;
mod sipp;
