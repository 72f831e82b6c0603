//! Converts states to their canonical form.

use atm_engine::Stamp;

use super::coding::UNRANKED;
use super::effect::link;
use super::known::{Known, Missing};
use super::state::State;
use super::symmetry::Permutation;
use super::times::Times;

/// Buffers that are reused for each state.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) next: State,
    /// The canonical form of the next state.
    pub(super) bytes: Vec<u8>,
    renamed: State,
    renamed_bytes: Vec<u8>,
    times: Vec<Stamp>,
    restamped: Vec<Stamp>,
}

impl Known {
    /// Ranks all times in the next state.
    pub(super) fn rank(&self, form: &Times, start: Stamp, scratch: &mut Scratch) -> Result<(), Missing> {
        if !form.are_ranked() {
            return Ok(());
        }
        let Scratch { next, times, restamped, .. } = scratch;
        times.clear();
        for packet in next.packets.lists().into_iter().flatten() {
            times.extend(self.letter(packet.letter()).time.filter(|time| form.counts(*time)));
        }
        for endpoint in &next.endpoints {
            times.extend(self.endpoint(*endpoint).times.iter().copied());
        }
        times.sort_unstable();
        times.dedup();
        let ranks = form.rank(times);
        let rank = |time: Stamp| times.binary_search(&time).map_or(time, |position| ranks[position]);
        for packet in next.packets.lists_mut().into_iter().flatten() {
            let time = self.letter(packet.letter()).time;
            let ranked = time.map(rank);
            if ranked != time || packet.letter() >= UNRANKED {
                *packet = packet.with_letter(self.restamped_letter(packet.letter(), ranked)?);
            }
        }
        for endpoint in &mut next.endpoints {
            let times = &*self.endpoint(*endpoint).times;
            restamped.clear();
            restamped.extend(times.iter().map(|time| rank(*time)));
            if times != &**restamped {
                *endpoint = self.restamped(*endpoint, restamped)?;
            }
        }
        // The time since the last relevant one makes no difference.
        next.now = ranks.last().map_or(0, |last| last.as_millis().abs_diff(start.as_millis()));
        Ok(())
    }

    /// Writes the canonical form of the next state as bytes: the least of all its permutations.
    pub(super) fn canonicalise(
        &self,
        permutations: &[Permutation],
        scratch: &mut Scratch,
    ) -> Result<(), Missing> {
        let Scratch { next, renamed, bytes, renamed_bytes, .. } = scratch;
        next.write(bytes);
        for (position, permutation) in permutations.iter().enumerate() {
            self.rename(next, (permutation, position), renamed)?;
            renamed.write(renamed_bytes);
            if renamed_bytes < bytes {
                std::mem::swap(renamed_bytes, bytes);
            }
        }
        Ok(())
    }

    /// The state after a permutation of the devices.
    fn rename(
        &self,
        state: &State,
        (permutation, position): (&Permutation, usize),
        out: &mut State,
    ) -> Result<(), Missing> {
        out.done = permutation.steps(state.done);
        (out.past, out.contested, out.now) = (state.past, state.contested, state.now);
        (out.surroundings, out.links) = (state.surroundings, state.links);
        out.turn = state.turn.map(|device| permutation.device(device as usize) as u32);
        out.endpoints.clear();
        out.endpoints.resize(state.endpoints.len(), 0);
        for (device, endpoint) in state.endpoints.iter().enumerate() {
            out.endpoints[permutation.device(device)] = self.renamed(*endpoint, position)?;
        }
        for (from, to) in state.packets.lists().into_iter().zip(out.packets.lists_mut()) {
            to.clear();
            for packet in from {
                let letter = self.renamed_letter(packet.letter(), position)?;
                to.push(packet.to_device(permutation.device(packet.device())).with_letter(letter));
            }
            to.sort_by_key(|packet| link(*packet, self));
        }
        Ok(())
    }
}
