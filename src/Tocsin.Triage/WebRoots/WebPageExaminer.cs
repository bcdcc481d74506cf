using System.Collections.Concurrent;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.WebPages;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.WebRoots;

/// <summary>Has every page looked at, and holds what was found until <see cref="WebRootReview"/> knows its surroundings. Shared between threads.</summary>
/// <remarks>A held page is a name and at most some hundred short facts, whatever its size: about what the scan keeps of any file.</remarks>
internal sealed class WebPageExaminer : IContentExaminer
{
    readonly ConcurrentDictionary<SourceFile, WebPage> _pages = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc />
    public ArtifactReader? For(SourceFile file, ReadOnlySpan<byte> head) =>
        WebPageFormat.TryRecognise(file.OriginalPath ?? file.Path, head, file.ModifiedUtc ?? default, page => _pages[file] = page);

    /// <summary>What was found in a file; null where it is no page.</summary>
    public WebPage? Of(SourceFile file) => _pages.GetValueOrDefault(file);
}
