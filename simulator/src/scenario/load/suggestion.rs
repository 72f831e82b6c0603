/// Longer words are not compared, since the comparison takes quadratic time.
const MAX_LENGTH: usize = 80;

/// `did you mean ...?` with the nearest known word, if one is near enough.
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// The known word that is nearest to `word`, if one is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    let (distance, nearest) = known
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)?;
    let near_enough = distance <= (word.chars().count() / 3).max(1);
    near_enough.then_some(nearest)
}
