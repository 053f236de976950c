using Xunit.Abstractions;
using Xunit.Sdk;

namespace K2I.Kit;

/// <summary>
/// A fact of a contract's suite; skipped, visibly, in classes that are marked <see cref="NeedsSharedAttribute"/> where what they need is
/// not at hand.
/// </summary>
[XunitTestCaseDiscoverer("K2I.Kit.ContractFactDiscoverer", "K2I.Kit")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>What a contract's test class needs below the shared folder.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsSharedAttribute(string path) : Attribute
{
    public string Path => path;
}

/// <summary>What a contract's test class needs of npm: a package, and the file in it that is run.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPackageAttribute(string package, string path) : Attribute
{
    public string Package => package;

    public string Path => path;
}

public sealed class ContractFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod,
        IAttributeInfo factAttribute) =>
        new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(),
            discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

public sealed class ContractTestCase : XunitTestCase
{
    [Obsolete("for deserialization")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var marks = TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsSharedAttribute).AssemblyQualifiedName);
        var needs = marks.FirstOrDefault()?.GetConstructorArguments().FirstOrDefault() as string;
        var packages = TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPackageAttribute).AssemblyQualifiedName);
        var package = packages.FirstOrDefault()?.GetConstructorArguments().Cast<string>().ToArray();
        if (package is [var name, var file] && Packages.Find(name, file) is null)
            return $"needs {name} of npm, which build.sh test installs";
        return needs is not null && Shared.Find(needs) is null ? $"needs {needs} below K2I_SHARED or ../shared of the repository"
            : base.GetSkipReason(factAttribute);
    }
}
