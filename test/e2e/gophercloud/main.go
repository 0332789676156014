// The life of a server, or of a Kubernetes cluster (`cluster`), by gophercloud. The cloud comes from the OS_* variables; the
// first argument names what is made.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/keypairs"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/limits"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/roles"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/networks"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/ports"
	"github.com/gophercloud/gophercloud/v2/openstack/networking/v2/subnets"
	"github.com/gophercloud/gophercloud/v2/openstack/utils"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(ok bool, format string, args ...any) {
	if !ok {
		log.Fatalf(format, args...)
	}
}

func pages(ctx context.Context, pager pagination.Pager) pagination.Page {
	return must(pager.AllPages(ctx))
}

func main() {
	log.SetFlags(log.Lshortfile)
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	name := os.Args[1]

	provider := must(openstack.AuthenticatedClient(ctx, must(openstack.AuthOptionsFromEnv())))
	endpoints := gophercloud.EndpointOpts{Region: "RegionOne"}
	if name == "cluster" {
		clusterFlow(ctx, provider, endpoints, name)
		fmt.Println("cluster flow passed")
		return
	}
	compute := must(openstack.NewComputeV2(provider, endpoints))
	network := must(openstack.NewNetworkV2(provider, endpoints))
	image := must(openstack.NewImageV2(provider, endpoints))
	identity := must(openstack.NewIdentityV3(provider, endpoints))

	identityFlow(ctx, identity, provider.TokenID, name)

	supported := must(utils.GetServiceVersions(ctx, provider, compute.Endpoint, true))
	expect(len(supported) == 1 && supported[0].MaxMinor > 1, "versions: %+v", supported)
	compute.Microversion = fmt.Sprintf("%d.%d", supported[0].MaxMajor, supported[0].MaxMinor)

	foundFlavors := must(flavors.ExtractFlavors(pages(ctx, flavors.ListDetail(compute, flavors.ListOpts{Limit: 2}))))
	expect(len(foundFlavors) == 5, "flavors over pages of two: %d", len(foundFlavors))
	foundImages := must(images.ExtractImages(pages(ctx, images.List(image, images.ListOpts{Name: "cirros"}))))
	expect(len(foundImages) == 1, "images: %+v", foundImages)

	net := must(networks.Create(ctx, network, networks.CreateOpts{Name: name}).Extract())
	subnet := must(subnets.Create(ctx, network, subnets.CreateOpts{
		NetworkID: net.ID, Name: name, CIDR: "10.77.0.0/24", IPVersion: gophercloud.IPv4,
		AllocationPools: []subnets.AllocationPool{{Start: "10.77.0.10", End: "10.77.0.20"}},
	}).Extract())
	port := must(ports.Create(ctx, network, ports.CreateOpts{
		NetworkID: net.ID, Name: name, FixedIPs: []ports.IP{{SubnetID: subnet.ID, IPAddress: "10.77.0.15"}},
	}).Extract())
	port = must(ports.Update(ctx, network, port.ID, ports.UpdateOpts{Name: &[]string{name + "-renamed"}[0]}).Extract())
	expect(port.Name == name+"-renamed", "port: %+v", port)
	_, err := networks.Get(ctx, network, "00000000-0000-4000-8000-000000000000").Extract()
	expect(gophercloud.ResponseCodeIs(err, 404), "a network that is not there: %v", err)

	key := must(keypairs.Create(ctx, compute, keypairs.CreateOpts{
		Name:      name,
		PublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfk2y5WT0P7xOq5dI0bnfmYb0ITuTt2O0eMyDMCi2N test",
	}).Extract())
	server := must(servers.Create(ctx, compute, keypairs.CreateOptsExt{
		CreateOptsBuilder: servers.CreateOpts{
			Name: name, ImageRef: foundImages[0].ID, FlavorRef: "1", Networks: []servers.Network{{Port: port.ID}},
			Metadata: map[string]string{"purpose": "test"},
		},
		KeyName: key.Name,
	}, nil).Extract())
	check(servers.WaitForStatus(ctx, compute, server.ID, "ACTIVE"))
	server = must(servers.Get(ctx, compute, server.ID).Extract())
	expect(server.KeyName == name && server.Metadata["purpose"] == "test", "server: %+v", server)
	addresses := must(servers.ExtractAddresses(pages(ctx, servers.ListAddresses(compute, server.ID))))
	expect(len(addresses[name]) == 1 && addresses[name][0].Address == "10.77.0.15", "addresses: %+v", addresses)

	check(servers.Stop(ctx, compute, server.ID).ExtractErr())
	check(servers.WaitForStatus(ctx, compute, server.ID, "SHUTOFF"))
	check(servers.Start(ctx, compute, server.ID).ExtractErr())
	check(servers.WaitForStatus(ctx, compute, server.ID, "ACTIVE"))
	server = must(servers.Update(ctx, compute, server.ID, servers.UpdateOpts{Name: name + "-renamed"}).Extract())
	expect(server.Name == name+"-renamed", "server: %+v", server)
	listed := must(servers.ExtractServers(pages(ctx, servers.List(compute, servers.ListOpts{Name: name}))))
	expect(len(listed) == 1, "servers: %+v", listed)
	must(limits.Get(ctx, compute, nil).Extract())

	check(servers.Delete(ctx, compute, server.ID).ExtractErr())
	check(gophercloud.WaitFor(ctx, func(ctx context.Context) (bool, error) {
		_, err := servers.Get(ctx, compute, server.ID).Extract()
		if gophercloud.ResponseCodeIs(err, 404) {
			return true, nil
		}
		return false, err
	}))
	// The port was the user's own and stays when the server goes.
	check(ports.Delete(ctx, network, port.ID).ExtractErr())
	check(subnets.Delete(ctx, network, subnet.ID).ExtractErr())
	check(networks.Delete(ctx, network, net.ID).ExtractErr())
	check(keypairs.Delete(ctx, compute, key.Name, nil).ExtractErr())
	fmt.Println("gophercloud flow passed")
}

func identityFlow(ctx context.Context, identity *gophercloud.ServiceClient, token string, name string) {
	project := must(projects.Create(ctx, identity, projects.CreateOpts{Name: name, Description: "made by a test"}).Extract())
	user := must(users.Create(ctx, identity, users.CreateOpts{Name: name, Password: "a-password-of-a-test"}).Extract())
	member := must(roles.ExtractRoles(pages(ctx, roles.List(identity, roles.ListOpts{Name: "member"}))))
	expect(len(member) == 1, "roles: %+v", member)
	grant := roles.AssignOpts{UserID: user.ID, ProjectID: project.ID}
	check(roles.Assign(ctx, identity, member[0].ID, grant).ExtractErr())

	other := must(openstack.NewClient(identity.IdentityEndpoint))
	options := gophercloud.AuthOptions{UserID: user.ID, Password: "a-password-of-a-test", TenantID: project.ID}
	check(openstack.AuthenticateV3(ctx, other, &options, gophercloud.EndpointOpts{}))
	valid := must(tokens.Validate(ctx, identity, other.TokenID))
	expect(valid, "the token of a new user is not good")
	found := must(tokens.Get(ctx, identity, token).ExtractProject())
	expect(found.Name == os.Getenv("OS_PROJECT_NAME"), "project of the token: %+v", found)

	enabled := false
	user = must(users.Update(ctx, identity, user.ID, users.UpdateOpts{Enabled: &enabled}).Extract())
	expect(!user.Enabled, "user: %+v", user)
	valid = must(tokens.Validate(ctx, identity, other.TokenID))
	expect(!valid, "the token of a disabled user is still good")
	check(roles.Unassign(ctx, identity, member[0].ID, roles.UnassignOpts(grant)).ExtractErr())
	check(users.Delete(ctx, identity, user.ID).ExtractErr())
	check(projects.Delete(ctx, identity, project.ID).ExtractErr())
}
