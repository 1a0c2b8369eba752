// Package orders makes the database that keeps the orders.
package orders

import (
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NewDatabase makes a PostgreSQL instance.
func NewDatabase(ctx *pulumi.Context, name string) (*sql.DatabaseInstance, error) {
	return sql.NewDatabaseInstance(ctx, name, &sql.DatabaseInstanceArgs{
		DatabaseVersion: pulumi.String("POSTGRES_17"),
		Settings: &sql.DatabaseInstanceSettingsArgs{
			Tier: pulumi.String("db-f1-micro"),
			IpConfiguration: &sql.DatabaseInstanceSettingsIpConfigurationArgs{
				Ipv4Enabled: pulumi.Bool(true),
				SslMode:     pulumi.String("ENCRYPTED_ONLY"),
			},
		},
	})
}
