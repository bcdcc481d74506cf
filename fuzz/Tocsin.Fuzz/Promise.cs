using System.Runtime.CompilerServices;

namespace Tocsin.Fuzz;

/// <summary>A promise of a parser was broken.</summary>
public sealed class BrokenPromiseException : Exception
{
    public BrokenPromiseException()
    {
    }

    public BrokenPromiseException(string message)
        : base(message)
    {
    }

    public BrokenPromiseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>What every target holds its parser to.</summary>
static class Promise
{
    // The buffers that a reader begins with, and a factor above what any reader needs for a byte of input.
    const long FixedBytes = 64L << 20;
    const long BytesPerByte = 512;

    public static void That(bool holds, string promise, [CallerArgumentExpression(nameof(holds))] string expression = "")
    {
        if (!holds) throw new BrokenPromiseException($"{promise}: not {expression}");
    }

    /// <summary>Does something, and holds it to memory in proportion to its input.</summary>
    public static void BoundsMemory(int inputBytes, Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        That(allocated <= FixedBytes + BytesPerByte * inputBytes, $"{inputBytes} bytes of input cost {allocated} bytes of memory");
    }
}
