/// The longest text of an adapter that is kept to be told.
const KEPT: usize = 2_000;

/// Leaves out the end of a text that is too long to be told.
pub(crate) fn clip(text: &mut String) {
    if text.len() > KEPT {
        text.truncate(text.floor_char_boundary(KEPT));
        text.push('…');
        text.shrink_to_fit();
    }
}
