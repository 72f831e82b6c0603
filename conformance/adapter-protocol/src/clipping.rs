/// The greatest length of an adapter's text that is kept for messages, in bytes.
const KEPT: usize = 2_000;

/// Truncates a text that is too long for a message.
pub(crate) fn clip(text: &mut String) {
    if text.len() > KEPT {
        text.truncate(text.floor_char_boundary(KEPT));
        text.push('…');
        text.shrink_to_fit();
    }
}
