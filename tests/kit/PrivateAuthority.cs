using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace K2I.Kit;

/// <summary>An authority that signs certificates for <c>localhost</c>, and its files in PEM, in a folder that goes with it.</summary>
public sealed class PrivateAuthority : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 own;
    private int issued;

    public PrivateAuthority()
    {
        var request = new CertificateRequest("CN=k2i tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(9));
        File = Write("authority.pem", own.ExportCertificatePem());
    }

    /// <summary>The certificate of the authority itself.</summary>
    public string File { get; }

    /// <summary>A certificate with its key, which is good from days ago until so many hours from now.</summary>
    public X509Certificate2 Issue(int hours = 12)
    {
        using var its = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", its, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var signed = request.Create(own, now.AddDays(-5), now.AddHours(hours), [1, (byte)++issued]);
        var whole = signed.CopyWithPrivateKey(its).Export(X509ContentType.Pkcs12);
        return X509CertificateLoader.LoadPkcs12(whole, null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>The files of a certificate and of its key.</summary>
    public (string Certificate, string Key) FilesOf(X509Certificate2 certificate)
    {
        using var its = certificate.GetECDsaPrivateKey()!;
        return (Write($"{certificate.SerialNumber}.crt", certificate.ExportCertificatePem()),
            Write($"{certificate.SerialNumber}.key", its.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        own.Dispose();
        key.Dispose();
        folder.Dispose();
    }

    private string Write(string name, string pem)
    {
        var file = Path.Combine(folder.Path, name);
        System.IO.File.WriteAllText(file, pem);
        return file;
    }
}
