using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>Knows the kinds of events seen so far, so that what is wanted of each is asked once. One thread.</summary>
internal sealed class EventKinds(RecordTarget target)
{
    /// <summary>Kinds of one template. Real ones have some hundred, of classic providers; an attacker may make up names.</summary>
    const int MaxOfTemplate = 1024;

    /// <summary>Answers kept. All channels of a server have some 2,000 kinds.</summary>
    const int MaxAnswers = 8192;

    /// <summary>Plans for nested fragments kept for one kind: versions of one event.</summary>
    const int MaxNested = 16;

    readonly EventKind?[] _recent = new EventKind[1024];
    readonly Dictionary<int, List<(byte[] Channel, byte[] Provider, int EventId, EventInterest Interest)>> _answers = [];
    readonly EventInterest _all = new([.. Enumerable.Repeat(true, target.Fields.Count)], wantsText: false);
    int _answerCount;

    public FieldPlanner Planner { get; } = new(target.Fields);

    /// <summary>The kind of an event.</summary>
    /// <param name="template">What it was written with.</param>
    /// <param name="channel">UTF-16 where the event has it as a value, UTF-8 where the template has it.</param>
    /// <param name="provider">The same of its provider.</param>
    /// <param name="eventId">Its id.</param>
    public EventKind Of(Template template, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId)
    {
        ref EventKind? recent = ref _recent[(template.Number * 31 + eventId * 17 + provider.Length * 7 + channel.Length + (provider.Length > 8 ? provider[^2] * 3 + provider[8] : 0)) & 1023];
        if (recent is not null && Is(recent, template, channel, provider, eventId)) return recent;
        EventKind? kind = template.Kinds;
        while (kind is not null && !Is(kind, template, channel, provider, eventId)) kind = kind.Next;
        recent = kind ?? Add(template, channel, provider, eventId);
        return recent;
    }

    /// <summary>The plan for a fragment nested in an event of a kind.</summary>
    public FieldPlan PlanOf(EventKind kind, Template nested, EventPlace place)
    {
        if (kind.Nested.TryGetValue((nested, place), out FieldPlan? plan)) return plan;
        plan = Planner.Plan(nested.Root, place, kind);
        if (nested.IsLiteral) return plan;
        if (kind.Nested.Count >= MaxNested) kind.Nested.Clear();
        kind.Nested[(nested, place)] = plan;
        return plan;
    }

    static bool Is(EventKind kind, Template template, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) =>
        kind.EventId == eventId && ReferenceEquals(kind.Template, template) && channel.SequenceEqual(kind.Channel) && provider.SequenceEqual(kind.Provider);

    EventKind Add(Template template, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId)
    {
        byte[] channelText = TextOf(template.Head.Channel, channel), providerText = TextOf(template.Head.Provider, provider);
        EventInterest interest = InterestIn(channelText, providerText, eventId);
        if (template.KindCount >= MaxOfTemplate) (template.Kinds, template.KindCount) = (null, 0);
        var kind = new EventKind
        {
            Template = template, Channel = channel.ToArray(), Provider = provider.ToArray(), EventId = eventId, Interest = interest,
            IsManagement = channelText.AsSpan().SequenceEqual(ManagementCall.Channel), Next = template.Kinds,
        };
        if (interest.Any) kind.Own = Planner.Plan(template.Root, EventPlace.Event, kind);
        template.Kinds = kind;
        template.KindCount++;
        return kind;
    }

    EventInterest InterestIn(byte[] channel, byte[] provider, int eventId)
    {
        if (target.Events is null) return _all;
        var hash = new HashCode();
        hash.AddBytes(channel);
        hash.AddBytes(provider);
        hash.Add(eventId);
        int key = hash.ToHashCode();
        if (_answers.TryGetValue(key, out var known))
        {
            foreach (var answer in known)
            {
                if (answer.EventId == eventId && answer.Channel.AsSpan().SequenceEqual(channel) && answer.Provider.AsSpan().SequenceEqual(provider)) return answer.Interest;
            }
        }

        if (_answerCount++ == MaxAnswers)
        {
            _answers.Clear();
            (_answerCount, known) = (1, null);
        }

        if (known is null) _answers[key] = known = [];
        EventInterest interest = target.Events.InterestIn(channel, provider, eventId);
        known.Add((channel, provider, eventId, interest));
        return interest;
    }

    static byte[] TextOf(HeadValue head, ReadOnlySpan<byte> value)
    {
        if (head.Substitution < 0) return value.ToArray();
        byte[] text = new byte[value.Length / 2 * 3];
        return text[..ValueText.Utf16(value, text)];
    }
}
