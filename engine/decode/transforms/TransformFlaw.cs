namespace K2I.Decode;

/// <summary>What is wrong with a text of <see cref="TransformTexts"/>.</summary>
/// <param name="Key">Whose text it is: <c>rename</c>, <c>drop</c>, ….</param>
/// <param name="At">The character, counted from 0.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Hint">What to write instead; null where the message says it.</param>
public sealed record TransformFlaw(string Key, int At, string Message, string? Hint = null);
