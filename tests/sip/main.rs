//! The telephone: the real stack on a real socket, with rude callers written by hand and polite ones
//! played by sipp. After every story nothing is left: no call, no leg, no seat, no dialog.

#![cfg(test)]

mod house;
mod line;

mod calls;
mod changes;
mod refusals;
mod sipp;
