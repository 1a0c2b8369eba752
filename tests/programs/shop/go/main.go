// The shop: the same program as in the folders beside this one, in Go.
package main

import (
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/organizations"
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/sql"
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"apex-guardrails/shop/orders"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		password := config.New(ctx, "").RequireSecret("database-password")
		client, err := organizations.GetClientConfig(ctx)
		if err != nil {
			return err
		}
		database, err := orders.NewDatabase(ctx, "orders")
		if err != nil {
			return err
		}
		_, err = sql.NewUser(ctx, "app", &sql.UserArgs{
			Instance: database.Name,
			Password: password,
		})
		if err != nil {
			return err
		}
		_, err = sql.NewUser(ctx, "reports", &sql.UserArgs{
			Instance: database.Name,
			Password: pulumi.String("written-in-the-program"),
		})
		if err != nil {
			return err
		}
		bucket, err := storage.NewBucket(ctx, "invoices", &storage.BucketArgs{
			Location:               pulumi.String(client.Region),
			PublicAccessPrevention: pulumi.String("inherited"),
		})
		if err != nil {
			return err
		}
		ctx.Export("invoices", bucket.Url)
		return nil
	})
}
