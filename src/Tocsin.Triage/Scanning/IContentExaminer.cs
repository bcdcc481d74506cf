using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;

namespace Tocsin.Triage.Scanning;

/// <summary>Chooses files for a closer look at their content, whatever they are: pages that a web server would execute, programs in its folders.</summary>
/// <remarks>Several may choose the same file; each gives a reader of its own, which is given the file's bytes from memory. Shared between threads.</remarks>
internal interface IContentExaminer
{
    /// <summary>A reader for the file, or null.</summary>
    /// <param name="file">Where it lies; <see cref="SourceFile.OriginalPath"/> where the layout tells.</param>
    /// <param name="head">Its first bytes.</param>
    ArtifactReader? For(SourceFile file, ReadOnlySpan<byte> head);
}
