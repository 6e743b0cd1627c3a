import Shipped
print(Shipped.paths(in: "events"))
