namespace K2I.Registry;

/// <summary>In whose words a registry is asked.</summary>
public enum RegistryApi
{
    /// <summary>Confluent's, which Apicurio, Karapace and Redpanda have too.</summary>
    Confluent,

    /// <summary>AWS Glue's.</summary>
    Glue,

    /// <summary>Azure's, of Event Hubs.</summary>
    Azure,
}
